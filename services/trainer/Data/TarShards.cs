using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using Phenaki.Media;

namespace Phenaki.Trainer.Data;

/// <summary>
/// Reads the names and captions of WebDataset shards: in a tar archive, neighbours that share a name up to its first dot are one sample, say 000017.mp4, 000017.txt and
/// 000017.json. Nothing is unpacked: pictures are later read where they lie.
/// </summary>
internal static class TarShards
{
    private const int MaxCaptionBytes = 1 << 20;

    /// <exception cref="InvalidOperationException">A file is no tar archive, or is damaged.</exception>
    public static async Task<MediaIndex> IndexAsync(IReadOnlyList<string> shards, CancellationToken cancellationToken)
    {
        var entries = new List<MediaEntry>();
        var skipped = new List<(string, string)>();
        foreach (string shard in shards)
        {
            try
            {
                await IndexAsync(shard, entries, skipped, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or InvalidDataException or FormatException)
            {
                throw new InvalidOperationException($"data.path: {shard} is no whole tar archive (a compressed one must be decompressed first): {error.Message}", error);
            }
        }

        return new MediaIndex(entries, skipped);
    }

    private static async Task IndexAsync(string shard, List<MediaEntry> entries, List<(string Name, string Why)> skipped, CancellationToken cancellationToken)
    {
        var file = new FileStream(shard, FileMode.Open, FileAccess.Read, FileShare.Read);
        long changed = File.GetLastWriteTimeUtc(shard).Ticks;
        await using var tar = new TarReader(file);
        var sample = new Sample("");
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } member)
        {
            if (member.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            {
                continue;
            }

            var (key, ending) = Split(member.Name);
            if (key != sample.Key)
            {
                Add(sample);
                sample = new Sample(key);
            }

            if (MediaKinds.IsMedia(ending))
            {
                sample.Media = new MediaPart(shard, member.Name, member.DataOffset, member.Length);
            }
            else if (ending is ".txt" or ".json" or ".caption" && member.Length <= MaxCaptionBytes && member.DataStream is { } data)
            {
                using var text = new StreamReader(data, Encoding.UTF8, leaveOpen: true);
                Describe(sample, ending, await text.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
            }
        }

        Add(sample);

        void Add(Sample done)
        {
            string name = $"{Path.GetFileName(shard)}:{done.Key}";
            if (done.Media is not null && done.Captions.Count > 0)
            {
                int? frames = MediaKinds.IsPicture(done.Media.Name) ? 1 : done.Frames;
                entries.Add(new MediaEntry(name, done.Media, done.Captions, frames, done.Media.Length!.Value, changed) { Source = done.Source ?? name });
            }
            else if (done.Key.Length > 0)
            {
                skipped.Add((name, done.Media is null ? "no video or picture" : "no caption"));
            }
        }
    }

    private static (string Key, string Ending) Split(string name)
    {
        int dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
        return dot < 0 ? (name, "") : (name[..dot], name[dot..].ToLowerInvariant());
    }

    private static void Describe(Sample sample, string ending, string text)
    {
        if (ending != ".json")
        {
            sample.Captions = CaptionFile.Lines(text);
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            sample.Captions = CaptionFile.FromJson(json.RootElement) is { Count: > 0 } captions ? captions : sample.Captions;
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("source", out var source) && source.ValueKind == JsonValueKind.String)
            {
                sample.Source = source.GetString();
            }

            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("clip_frames", out var frames) && frames.TryGetInt32(out int count))
            {
                sample.Frames = count;
            }
        }
        catch (JsonException)
        {
            // Not our caption: the sample is then skipped for having none, by name, unless a text beside it has one.
        }
    }

    private sealed class Sample(string key)
    {
        public string Key { get; } = key;

        public MediaPart? Media { get; set; }

        public IReadOnlyList<string> Captions { get; set; } = [];

        public int? Frames { get; set; }

        public string? Source { get; set; }
    }
}
