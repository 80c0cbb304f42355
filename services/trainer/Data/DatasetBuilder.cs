using System.Globalization;
using System.Text;
using Phenaki.Media;

namespace Phenaki.Trainer.Data;

/// <summary>Prepares a collection: decodes every file once and writes shards at the model's size and rate, with a report of what was skipped.</summary>
/// <param name="config">How; must have no violations.</param>
/// <param name="log">Told of progress and of what is skipped.</param>
internal sealed class DatasetBuilder(DatasetConfig config, TextWriter log)
{
    /// <summary>Name of the report in the folder of the shards.</summary>
    public const string ReportName = "report.md";

    // Files that are decoded before their samples are written: bounds the memory.
    private const int Together = 32;

    /// <summary>Writes the shards aside and renames their folder when all are whole.</summary>
    /// <param name="index">The collection.</param>
    /// <param name="output">The folder to be; it must not be there.</param>
    /// <param name="cancellationToken">Stops the writing; nothing is left behind.</param>
    /// <exception cref="InvalidOperationException">The folder is there, or too many files are broken; the message names them.</exception>
    public async Task WriteAsync(MediaIndex index, string output, CancellationToken cancellationToken)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (Path.Exists(target))
        {
            throw new InvalidOperationException($"{output} is there already; name a new folder.");
        }

        string aside = $"{target}.{Path.GetRandomFileName()}";
        Directory.CreateDirectory(aside);
        try
        {
            var skipped = new List<(string Name, string Why)>(index.Skipped);
            var broken = new BrokenFiles(Math.Max(1, (int)(index.Entries.Count * config.MaxBroken)), index.Entries.Count, log);
            string summary;
            await using (var writer = new ShardWriter(aside, config.ShardMegabytes * 1_000_000L))
            {
                summary = await FillAsync(index, writer, broken, skipped, aside, cancellationToken).ConfigureAwait(false);
            }

            await File.WriteAllTextAsync(Path.Combine(aside, ReportName), Report(summary, [.. skipped, .. broken.All]), cancellationToken).ConfigureAwait(false);
            Directory.Move(aside, target);
            await log.WriteLineAsync($"{output}: {summary}".AsMemory(), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Directory.Delete(aside, recursive: true);
            throw;
        }
    }

    private async Task<string> FillAsync(
        MediaIndex index, ShardWriter writer, BrokenFiles broken, List<(string Name, string Why)> skipped, string folder, CancellationToken cancellationToken)
    {
        var (frames, clips, stills, done) = (0L, 0, 0, 0);
        foreach (var entries in index.Entries.Chunk(Together))
        {
            var read = new List<(byte[] WebP, int Frames)>?[entries.Length];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, entries.Length),
                cancellationToken,
                async (i, token) => read[i] = await ReadAsync(entries[i], broken, folder, token).ConfigureAwait(false)).ConfigureAwait(false);
            foreach (var (entry, pieces) in entries.Zip(read))
            {
                foreach (var (webP, count) in pieces ?? [])
                {
                    await writer.AddAsync(webP, count, entry.Captions, entry.Source, cancellationToken).ConfigureAwait(false);
                    frames += count;
                    (clips, stills) = count > 1 ? (clips + 1, stills) : (clips, stills + 1);
                }

                if (pieces is { Count: 0 })
                {
                    skipped.Add((entry.Key, $"fewer than {config.LeastFrames} frames"));
                }
            }

            done += entries.Length;
            await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{done} of {index.Entries.Count} files").AsMemory(), cancellationToken).ConfigureAwait(false);
        }

        return writer.Samples > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{clips} clips and {stills} stills, {frames} frames of {config.FrameWidth}x{config.FrameHeight} at {config.FramesPerSecond} a second, {writer.Bytes / 1e6:0.0} MB in {writer.Shards} shards; {skipped.Count + broken.All.Count} skipped")
            : throw new InvalidOperationException($"Nothing is left to write.{MediaIndex.Reasons([.. skipped, .. broken.All])}");
    }

    // Null where the file is broken, empty where all of it is too short.
    private async Task<List<(byte[] WebP, int Frames)>?> ReadAsync(MediaEntry entry, BrokenFiles broken, string folder, CancellationToken cancellationToken)
    {
        var reading = new VideoReaderOptions
        {
            Width = config.FrameWidth,
            Height = config.FrameHeight,
            Fit = config.FitMode,
            FramesPerSecond = config.FramesPerSecond,
            DefaultFramesPerSecond = config.FramesPerSecond,
        };
        VideoFrames video;
        try
        {
            video = await VideoReader.ReadAsync(entry.Part, reading, cancellationToken).ConfigureAwait(false);
        }
        catch (MediaException error)
        {
            broken.Add(entry.Key, error.Message);
            return null;
        }

        var pieces = new List<(byte[], int)>();
        string aside = Path.Combine(folder, Path.GetRandomFileName() + ".webp");
        foreach (byte[][] piece in video.Frames.Chunk(config.PieceFrames).Where(piece => piece.Length >= config.LeastFrames || entry.Frames == 1))
        {
            await VideoOutput.WriteAsync(aside, new VideoFrames(config.FrameWidth, config.FrameHeight, config.FramesPerSecond, piece), new() { Lossless = true }, cancellationToken).ConfigureAwait(false);
            pieces.Add((await File.ReadAllBytesAsync(aside, cancellationToken).ConfigureAwait(false), piece.Length));
            File.Delete(aside);
        }

        return pieces;
    }

    private static string Report(string summary, IReadOnlyList<(string Name, string Why)> skipped)
    {
        var text = new StringBuilder($"# Data set\n\n{summary}.\n");
        if (skipped.Count > 0)
        {
            text.Append("\n| Skipped | Why |\n|---|---|\n");
        }

        foreach (var (name, why) in skipped)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(name)} | {Cell(why)} |\n");
        }

        return text.ToString();

        static string Cell(string value) => value.Replace('|', '/').ReplaceLineEndings(" ");
    }
}
