using System.Text.RegularExpressions;

namespace Phenaki.Media.Reading;

/// <summary>Reads the PNG files of a folder in the order of the numbers in their names.</summary>
internal static partial class PngFolderReader
{
    private const int LongestNumber = 20;

    public static async Task<TimedFrames> ReadAsync(string path, FrameFitter fitter, VideoReaderOptions options, CancellationToken cancellationToken)
    {
        string[] files = [.. Directory.EnumerateFiles(path, "*.png", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
            .Take(options.MaxFrames + 1)
            .OrderBy(file => SortKey(Path.GetFileName(file)), StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new MediaException(path, "holds no PNG files.");
        }

        if (files.Length > options.MaxFrames)
        {
            throw new MediaException(path, $"holds more than {options.MaxFrames} PNG files; at most that many frames are read.");
        }

        var frames = new List<byte[]>(files.Length);
        foreach (string file in files)
        {
            frames.Add(await ImageReader.ReadAsync(file, await MediaFile.ReadAllAsync(new MediaPart(file), cancellationToken), fitter, cancellationToken));
        }

        return new TimedFrames(frames, [.. Enumerable.Repeat(1 / options.DefaultFramesPerSecond, frames.Count)]);
    }

    /// <summary>A text that sorts "2" before "10".</summary>
    internal static string SortKey(string name) => Digits().Replace(name, digits => digits.Value.PadLeft(LongestNumber, '0'));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
