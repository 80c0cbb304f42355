using System.Text.Json.Serialization;
using Phenaki.Media;

namespace Phenaki.Trainer.Data;

/// <summary>How a data set is prepared: every video decoded once, at the model's size and rate, in WebDataset shards.</summary>
internal sealed record DatasetConfig
{
    /// <summary>A folder of videos and pictures with captions, a folder of shards, or one shard; null where the command brings its own.</summary>
    public string? Path { get; init; }

    /// <summary>Frame height in pixels, 1 to 4,096; the model's.</summary>
    public required int FrameHeight { get; init; }

    /// <summary>Frame width in pixels, 1 to 4,096; the model's.</summary>
    public required int FrameWidth { get; init; }

    /// <summary>Frames per second, 0.1 to 240; the model's. Default 8.</summary>
    public double FramesPerSecond { get; init; } = 8;

    /// <summary>What happens where a picture has another shape: "crop", "letterbox" or "stretch". Default "crop".</summary>
    public string Fit { get; init; } = "crop";

    /// <summary>Most frames of a sample, 2 to 10,000; a longer video becomes several with the same captions. Default 64.</summary>
    public int PieceFrames { get; init; } = 64;

    /// <summary>Fewest frames of a piece, 1 to <see cref="PieceFrames"/>; what is shorter is skipped, unless it is a picture. At least the frames of a training clip make it good for clips. Default 1.</summary>
    public int LeastFrames { get; init; } = 1;

    /// <summary>Megabytes after which a new shard begins, 1 to 100,000. Default 256.</summary>
    public int ShardMegabytes { get; init; } = 256;

    /// <summary>Part of the files that may be broken before preparing stops and names them, 0 to 1; one always may. Default 0.05.</summary>
    public double MaxBroken { get; init; } = 0.05;

    /// <summary>The mode that <see cref="Fit"/> names.</summary>
    [JsonIgnore]
    public FitMode FitMode => Enum.Parse<FitMode>(Fit, ignoreCase: true);

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        if (Fit is not ("crop" or "letterbox" or "stretch"))
        {
            yield return $"fit is '{Fit}'; allowed are 'crop', 'letterbox' and 'stretch'";
        }

        foreach (var (name, value, low, high) in new (string, double, double, double)[]
        {
            ("frame_height", FrameHeight, 1, 4096), ("frame_width", FrameWidth, 1, 4096), ("frames_per_second", FramesPerSecond, 0.1, 240),
            ("piece_frames", PieceFrames, 2, 10_000), ("least_frames", LeastFrames, 1, Math.Max(1, PieceFrames)), ("shard_megabytes", ShardMegabytes, 1, 100_000),
            ("max_broken", MaxBroken, 0, 1),
        })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }
    }
}
