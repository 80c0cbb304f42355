using System.Formats.Tar;
using System.Text;
using Phenaki.Geometry;
using Phenaki.Media;
using Phenaki.Testing;
using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tests.Data;

/// <summary>Writes small videos whose colour and brightness tell which file and frame a pixel is of.</summary>
internal static class TinyMedia
{
    public static readonly VideoGeometry Geometry = new(64, 64, 16, 16, 2);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Frame t of video number n: red 10 n, green 10 t.</summary>
    public static VideoFrames Video(int number, int frames, int width = 64, int height = 64) => new(width, height, 8, [.. Enumerable.Range(0, frames).Select(t =>
    {
        var rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.Length; i += 3)
        {
            (rgb[i], rgb[i + 1], rgb[i + 2]) = ((byte)(10 * number), (byte)(10 * t), 100);
        }

        return rgb;
    })]);

    public static Task WriteAsync(string path, int number, int frames) => VideoOutput.WriteAsync(path, Video(number, frames), new() { Lossless = true }, Token);

    /// <summary>Videos 1 to <paramref name="count"/> with captions beside them.</summary>
    public static async Task<TemporaryFolder> FolderAsync(int count, int frames = 8)
    {
        var folder = new TemporaryFolder();
        for (int i = 1; i <= count; i++)
        {
            await WriteAsync(folder.Of($"clip{i:00}.webp"), i, frames);
            await File.WriteAllTextAsync(folder.Of($"clip{i:00}.txt"), $"Video number {i}.", Token);
        }

        return folder;
    }

    /// <summary>The files of a folder in one shard.</summary>
    public static async Task<string> ShardAsync(TemporaryFolder folder, string path)
    {
        await using var tar = new TarWriter(File.Create(path));
        foreach (string file in Directory.EnumerateFiles(folder.Path).Order(StringComparer.Ordinal))
        {
            await tar.WriteEntryAsync(file, Path.GetFileName(file), Token);
        }

        return path;
    }

    public static async Task<MediaSource> OpenAsync(DataConfig config, TextWriter? log = null) =>
        new(await MediaIndex.ReadAsync(config.Path, Token), config, Geometry, 8, seed: 3, log ?? TextWriter.Null);

    public static ValueTask<TrainingClip> DrawAsync(IClipSource source, long ordinal, int frames, bool heldOut = false) =>
        source.DrawAsync(new ClipDraw((ulong)ordinal, ordinal, frames, heldOut), _ => false, Token);

    /// <summary>Which video and frame a clip begins with.</summary>
    public static (int Number, int Frame) First(TrainingClip clip) => (clip.Rgb[0] / 10, clip.Rgb[1] / 10);

    public static Task TextAsync(string path, string text) => File.WriteAllTextAsync(path, text, new UTF8Encoding(false), Token);
}
