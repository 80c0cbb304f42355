namespace Phenaki.Media;

/// <summary>A video in memory.</summary>
public sealed record VideoFrames
{
    /// <summary>Creates a video.</summary>
    /// <param name="width">Frame width in pixels, at least 1.</param>
    /// <param name="height">Frame height in pixels, at least 1.</param>
    /// <param name="framesPerSecond">Frames per second, above 0.</param>
    /// <param name="frames">At least one frame of width * height * 3 bytes: row-major, red, green, blue, sRGB.</param>
    /// <exception cref="ArgumentException">A number is out of range or a frame has another length.</exception>
    public VideoFrames(int width, int height, double framesPerSecond, IReadOnlyList<byte[]> frames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (!(framesPerSecond > 0 && double.IsFinite(framesPerSecond)))
        {
            throw new ArgumentOutOfRangeException(nameof(framesPerSecond), framesPerSecond, "Frames per second are a finite number above 0.");
        }

        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count, nameof(frames));
        for (int i = 0; i < frames.Count; i++)
        {
            if (frames[i].Length != width * height * 3)
            {
                throw new ArgumentException($"Frame {i} has {frames[i].Length} bytes; {width}x{height} pixels are {width * height * 3}.", nameof(frames));
            }
        }

        Width = width;
        Height = height;
        FramesPerSecond = framesPerSecond;
        Frames = frames;
    }

    /// <summary>Frame width in pixels.</summary>
    public int Width { get; }

    /// <summary>Frame height in pixels.</summary>
    public int Height { get; }

    /// <summary>Frames per second.</summary>
    public double FramesPerSecond { get; }

    /// <summary>Frames in order: row-major, 3 bytes a pixel (red, green, blue; sRGB).</summary>
    public IReadOnlyList<byte[]> Frames { get; }
}
