namespace Phenaki.Media;

/// <summary>How a video is read.</summary>
public sealed record VideoReaderOptions
{
    /// <summary>Fewest frames per second of a video that is read.</summary>
    internal const double SmallestRate = 0.01;

    /// <summary>Most frames per second of a video that is read.</summary>
    internal const double LargestRate = 1000;

    /// <summary>Width of the frames in pixels, at least 1. Default: null, as in the file; then <see cref="Height"/> is null too.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the frames in pixels, at least 1. Default: null, as in the file; then <see cref="Width"/> is null too.</summary>
    public int? Height { get; init; }

    /// <summary>What happens where the shapes differ. Default: <see cref="FitMode.Crop"/>.</summary>
    public FitMode Fit { get; init; } = FitMode.Crop;

    /// <summary>Frames per second to resample to, 0.01 to 1,000. Default: null, every frame of the file at its own rate.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>Frames per second of what tells none: a folder of PNG files, a still picture. Default: 8; 0.01 to 1,000.</summary>
    public double DefaultFramesPerSecond { get; init; } = 8;

    /// <summary>Most frames, in the file and after resampling; a longer video is refused. Default: 10,000. At least 1.</summary>
    public int MaxFrames { get; init; } = 10_000;

    /// <summary>Most pixels that are decoded together, as those of an animation must be. Default: 256 million, 1 GB of memory. At least 1.</summary>
    public long MaxPixelsTogether { get; init; } = 256_000_000;

    /// <summary>The program ffmpeg. Default: null, the one on the PATH.</summary>
    public string? FfmpegPath { get; init; }

    /// <summary>Longest time that ffmpeg may take over one frame before it is ended. Default: 60 seconds. Above 0.</summary>
    public TimeSpan FfmpegTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Throws when a value is out of range.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Width ?? 1, 1, nameof(Width));
        ArgumentOutOfRangeException.ThrowIfLessThan(Height ?? 1, 1, nameof(Height));
        ThrowIfNoRate(FramesPerSecond ?? SmallestRate, nameof(FramesPerSecond));
        ThrowIfNoRate(DefaultFramesPerSecond, nameof(DefaultFramesPerSecond));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPixelsTogether, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FfmpegTimeout, TimeSpan.Zero);
        if (Width is null != Height is null)
        {
            throw new ArgumentException($"{nameof(Width)} is {Width?.ToString() ?? "null"} and {nameof(Height)} is {Height?.ToString() ?? "null"}; give both or neither.");
        }
    }

    // Written so that NaN is refused as well.
    private static void ThrowIfNoRate(double rate, string property)
    {
        if (!(rate >= SmallestRate && rate <= LargestRate))
        {
            throw new ArgumentOutOfRangeException(property, rate, $"Allowed are {SmallestRate} to {LargestRate} frames per second.");
        }
    }
}
