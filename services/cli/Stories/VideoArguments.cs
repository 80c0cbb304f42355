using Phenaki.Media;

namespace Phenaki.Cli.Stories;

/// <summary>How a video is to be written, as it was typed.</summary>
internal sealed record VideoArguments
{
    /// <summary>Each pixel becomes this many in width and height, 1 to 16; null for as many as make the short side at least 128 pixels.</summary>
    public int? Scale { get; init; }

    /// <summary>How frames are enlarged.</summary>
    public FrameScaling Scaling { get; init; } = FrameScaling.Smooth;

    /// <summary>Compression of an MP4.</summary>
    public VideoCodec Codec { get; init; } = VideoCodec.Auto;

    /// <summary>Says what is wrong, a line for each.</summary>
    public IEnumerable<string> Problems()
    {
        if (Scale is < 1 or > VideoWriterOptions.MaxScale)
        {
            yield return $"--scale is {Scale}; allowed are 1 to {VideoWriterOptions.MaxScale}.";
        }
    }

    /// <summary>Checks that the output could be written, before anything slow begins.</summary>
    /// <exception cref="CliException">It could not; says why.</exception>
    public void Check(string output)
    {
        try
        {
            VideoOutput.Validate(output, new VideoWriterOptions { Codec = Codec });
        }
        catch (MediaException wrong)
        {
            throw CliException.Usage($"--output: {wrong.Message}");
        }
    }

    /// <summary>The writer's options for frames of a size in pixels.</summary>
    public VideoWriterOptions ToWriter(int height, int width) => new()
    {
        Codec = Codec,
        Scaling = Scaling,
        Scale = Scale ?? VideoWriterOptions.ComfortableScale(width, height),
    };
}
