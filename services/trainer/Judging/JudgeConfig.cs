namespace Phenaki.Trainer.Judging;

/// <summary>What the judge's model folder says of it.</summary>
internal sealed record JudgeConfig
{
    /// <summary>The value of <see cref="ModelType"/>.</summary>
    public const string Type = "storyworld-judge";

    /// <summary>Kind of model; always "storyworld-judge".</summary>
    public string ModelType { get; init; } = Type;

    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "storyworld-judge";

    /// <summary>Version for people.</summary>
    public string Version { get; init; } = "1";

    /// <summary>Channels of the first convolution, 1 to 1024; each later one has as many more.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>Numbers that a clip is described by, 1 to 4096: what Frechet distances compare.</summary>
    public int Features { get; init; } = 64;
}
