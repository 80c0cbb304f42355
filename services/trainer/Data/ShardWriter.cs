using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;

namespace Phenaki.Trainer.Data;

/// <summary>Writes samples into WebDataset shards: for each a lossless WebP of all its frames and a JSON with its captions.</summary>
/// <param name="folder">Folder of the shards; must be there.</param>
/// <param name="shardBytes">Bytes after which a new shard begins.</param>
internal sealed class ShardWriter(string folder, long shardBytes) : IAsyncDisposable
{
    private FileStream? _file;
    private TarWriter? _tar;

    /// <summary>Shards begun.</summary>
    public int Shards { get; private set; }

    /// <summary>Samples written.</summary>
    public int Samples { get; private set; }

    /// <summary>Bytes of pictures written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a sample.</summary>
    /// <param name="video">A WebP.</param>
    /// <param name="frames">Its frames.</param>
    /// <param name="captions">Its captions.</param>
    /// <param name="source">The file that it was made of.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public async Task AddAsync(byte[] video, int frames, IReadOnlyList<string> captions, string source, CancellationToken cancellationToken)
    {
        if (_tar is null || _file!.Length >= shardBytes)
        {
            await DisposeAsync().ConfigureAwait(false);
            _file = new FileStream(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"clips-{Shards++:00000}.tar")), FileMode.CreateNew);
            _tar = new TarWriter(_file, TarEntryFormat.Pax);
        }

        string key = Samples++.ToString("00000000", CultureInfo.InvariantCulture);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["captions"] = captions, ["clip_frames"] = frames, ["source"] = source });
        await WriteAsync(key + ".webp", video, cancellationToken).ConfigureAwait(false);
        await WriteAsync(key + ".json", json, cancellationToken).ConfigureAwait(false);
        Bytes += video.Length;
    }

    public async ValueTask DisposeAsync()
    {
        if (_tar is not null)
        {
            await _tar.DisposeAsync().ConfigureAwait(false);
            await _file!.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Without a time of writing, the same clips make the same bytes.
    private Task WriteAsync(string name, byte[] bytes, CancellationToken cancellationToken) => _tar!.WriteEntryAsync(
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes), ModificationTime = DateTimeOffset.UnixEpoch }, cancellationToken);
}
