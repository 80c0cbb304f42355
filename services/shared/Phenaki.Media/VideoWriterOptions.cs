namespace Phenaki.Media;

/// <summary>How a video is written.</summary>
public sealed record VideoWriterOptions
{
    /// <summary>Largest <see cref="Scale"/>.</summary>
    public const int MaxScale = 16;

    // Twice as large costs the AV1 encoder four times as long: more than the model takes.
    private const int ComfortableSide = 128;

    /// <summary>Compression of an MP4. Default: <see cref="VideoCodec.Auto"/>. Other formats allow only that.</summary>
    public VideoCodec Codec { get; init; } = VideoCodec.Auto;

    /// <summary>Quality of lossy formats, 1 to 100. Default: 90. H.264 uses the rate factor 51 - 0.4 * quality.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>
    /// True for a WebP that keeps every colour exactly; other formats ignore it. Default: null, which is true at the model's own
    /// size (<see cref="Scale"/> 1), because the lossy kind halves the detail of colour.
    /// </summary>
    public bool? Lossless { get; init; }

    /// <summary>Each pixel becomes this many in width and height, 1 to 16. Default: 1.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>How frames are enlarged where <see cref="Scale"/> is above 1. Default: <see cref="FrameScaling.Nearest"/>.</summary>
    public FrameScaling Scaling { get; init; } = FrameScaling.Nearest;

    /// <summary>Detail of the colour in AV1. Default: <see cref="ChromaDetail.Auto"/>. H.264 is always 4:2:0.</summary>
    public ChromaDetail Chroma { get; init; } = ChromaDetail.Auto;

    /// <summary>The program ffmpeg. Default: null, the one on the PATH.</summary>
    public string? FfmpegPath { get; init; }

    /// <summary>Longest time that ffmpeg may take over one frame, or to finish, before it is ended. Default: 60 seconds. Above 0.</summary>
    public TimeSpan FfmpegTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Most bytes of frames (after scaling, 4 bytes a pixel) that WebP and GIF, which are put together in memory, may take.
    /// Default: 1 GiB, which is 65,536 frames of 64x64. At least 1.
    /// </summary>
    public long MaxBufferedBytes { get; init; } = 1L << 30;

    /// <summary>The <see cref="Scale"/> at which small frames are seen well: as much as makes the short side at least 128 pixels.</summary>
    /// <param name="width">Frame width in pixels, at least 1.</param>
    /// <param name="height">Frame height in pixels, at least 1.</param>
    public static int ComfortableScale(int width, int height) =>
        Math.Clamp((ComfortableSide + Math.Min(width, height) - 1) / Math.Min(width, height), 1, MaxScale);

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the property, the value and the range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Quality, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(Scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Scale, MaxScale);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FfmpegTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBufferedBytes, 1);
    }
}
