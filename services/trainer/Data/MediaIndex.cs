using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Phenaki.Trainer.Data;

/// <summary>What a collection of clips holds.</summary>
/// <param name="Entries">Videos and pictures with captions, in the order of their keys.</param>
/// <param name="Skipped">What cannot be used, and why.</param>
internal sealed record MediaIndex(IReadOnlyList<MediaEntry> Entries, IReadOnlyList<(string Name, string Why)> Skipped)
{
    /// <summary>Reads the names and captions of a collection; no pictures are decoded yet.</summary>
    /// <param name="path">A folder of media, a folder of .tar shards, or a shard.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidOperationException">There is nothing there, or nothing with a caption.</exception>
    public static async Task<MediaIndex> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string[] shards = File.Exists(path) ? [path]
            : Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.tar").Order(StringComparer.Ordinal)]
            : throw new InvalidOperationException($"data.path: there is no file or folder {Path.GetFullPath(path)}.");
        var index = shards.Length > 0
            ? await TarShards.IndexAsync(shards, cancellationToken).ConfigureAwait(false)
            : MediaFolder.Index(path);
        return index.Entries.Count > 0
            ? index with { Entries = [.. index.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)] }
            : throw new InvalidOperationException($"data.path: {path} holds no video or picture with a caption.{Reasons(index.Skipped)}");
    }

    /// <summary>A text for all keys, sizes and captions: training goes on only with the data it began with.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in Entries)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{entry.Key}\n{entry.Bytes}\n{string.Join('\n', entry.Captions)}\n\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The first few reasons, as the end of a message.</summary>
    public static string Reasons(IReadOnlyCollection<(string Name, string Why)> skipped) =>
        skipped.Count == 0 ? "" : $" {skipped.Count} skipped: {string.Join("; ", skipped.Take(10).Select(one => $"{one.Name} ({one.Why})"))}{(skipped.Count > 10 ? "; ..." : "")}";
}
