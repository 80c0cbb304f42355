using System.Net.Mime;

namespace Phenaki.Orchestrator.Videos;

/// <summary>A kind of file that a video is given out as.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ending">Ending of its files.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="IsStill">True for a single picture.</param>
internal sealed record VideoFileKind(string Name, string Ending, string ContentType, bool IsStill)
{
    private const string DefaultVariant = "video";
    private const string DefaultFormat = "mp4";

    /// <summary>One frame of it.</summary>
    public static VideoFileKind Thumbnail { get; } = new("thumbnail", ".webp", MediaTypeNames.Image.Webp, IsStill: true);

    /// <summary>Many of its frames, side by side.</summary>
    public static VideoFileKind Spritesheet { get; } = new("spritesheet", ".jpg", MediaTypeNames.Image.Jpeg, IsStill: true);

    private static readonly VideoFileKind[] Videos =
    [
        new(DefaultFormat, ".mp4", "video/mp4", IsStill: false), new("webp", ".webp", MediaTypeNames.Image.Webp, IsStill: false),
        new("gif", ".gif", MediaTypeNames.Image.Gif, IsStill: false),
    ];

    /// <summary>True where the file is put together in memory.</summary>
    public bool IsBuffered => !IsStill && Name != DefaultFormat;

    /// <summary>The kind that is asked for.</summary>
    /// <param name="variant">video, thumbnail or spritesheet; null for video.</param>
    /// <param name="format">Of a video mp4, webp or gif; null for mp4.</param>
    /// <exception cref="VideoException">There is no such kind.</exception>
    public static VideoFileKind Find(string? variant, string? format)
    {
        if (format is not null && (variant ?? DefaultVariant) != DefaultVariant)
        {
            throw VideoException.Invalid("format", $"format is set, but only the variant {DefaultVariant} has formats.");
        }

        return (variant ?? DefaultVariant) switch
        {
            DefaultVariant => Array.Find(Videos, kind => kind.Name == (format ?? DefaultFormat))
                ?? throw VideoException.Invalid("format", $"format is none; allowed are {string.Join(", ", Videos.Select(kind => kind.Name))}."),
            "thumbnail" => Thumbnail,
            "spritesheet" => Spritesheet,
            _ => throw VideoException.Invalid("variant", $"variant is none; allowed are {DefaultVariant}, thumbnail and spritesheet."),
        };
    }
}
