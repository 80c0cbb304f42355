using Phenaki.Models.Masked;

namespace Phenaki.Trainer.Evaluation;

/// <summary>What an evaluation measures, and how much of it.</summary>
internal sealed record EvaluationOptions
{
    /// <summary>Clips that are generated, and real ones beside them, 2 to 100,000.</summary>
    public int Clips { get; init; } = 100;

    /// <summary>Random stories of four scenes, 0 to 100,000.</summary>
    public int Stories { get; init; } = 10;

    /// <summary>Seeds with which each story of the README is told, 0 to 1000.</summary>
    public int ReadmeSeeds { get; init; } = 5;

    /// <summary>Clips in another style than the plain one, and as many that begin with a picture, 0 to 100,000.</summary>
    public int Given { get; init; } = 30;

    /// <summary>True: combinations of subject, place and action that were never in training.</summary>
    public bool HeldOut { get; init; } = true;

    /// <summary>Seed of scenes, captions and noise; training used 1.</summary>
    public ulong Seed { get; init; } = 1_000_003;

    /// <summary>Steps, guidance and temperatures; null for the model's own.</summary>
    public SamplingSettings? Sampling { get; init; }

    /// <summary>Frames that a clip of a story goes on from.</summary>
    public int PrefixFrames { get; init; } = 5;

    /// <summary>Folder of the judge.</summary>
    public required string JudgeFolder { get; init; }
}
