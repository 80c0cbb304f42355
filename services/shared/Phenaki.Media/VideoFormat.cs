namespace Phenaki.Media;

/// <summary>A kind of video file, chosen by the ending of a path.</summary>
public sealed record VideoFormat
{
    /// <summary>What a path may end in, for messages.</summary>
    internal const string Allowed = "allowed are .mp4, .webp, .gif, and a name without an ending for a folder of PNG files";

    private VideoFormat(string name) => Name = name;

    /// <summary>ISO media (.mp4): AV1, or H.264 where asked for.</summary>
    public static VideoFormat Mp4 { get; } = new("MP4");

    /// <summary>Animated WebP (.webp).</summary>
    public static VideoFormat WebP { get; } = new("WebP");

    /// <summary>Animated GIF (.gif).</summary>
    public static VideoFormat Gif { get; } = new("GIF");

    /// <summary>A folder of numbered PNG files.</summary>
    public static VideoFormat PngFolder { get; } = new("PNG folder");

    /// <summary>Name for people.</summary>
    public string Name { get; }

    /// <summary>
    /// Finds the format by the ending, upper or lower case. A folder that exists, a path that ends in a separator, and a name
    /// without an ending are folders of PNG files.
    /// </summary>
    /// <exception cref="MediaException">The path is empty or has another ending.</exception>
    public static VideoFormat FromPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new MediaException(path, $"is no name for a video; {Allowed}.");
        }

        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
        {
            return PngFolder;
        }

        string ending = Path.GetExtension(path);
        return ending.ToUpperInvariant() switch
        {
            ".MP4" => Mp4,
            ".WEBP" => WebP,
            ".GIF" => Gif,
            "" => PngFolder,
            _ => throw new MediaException(path, $"ends in '{ending}', which is no kind of video that can be written; {Allowed}."),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
