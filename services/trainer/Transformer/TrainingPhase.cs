namespace Phenaki.Trainer.Transformer;

/// <summary>What a step is made of, from some step on. Stills first: a clip is learned sooner by who can already draw its first frame.</summary>
internal sealed record TrainingPhase
{
    /// <summary>First step of the phase.</summary>
    public required long FromStep { get; init; }

    /// <summary>Clips in a step.</summary>
    public required int Clips { get; init; }

    /// <summary>Still images, one-frame videos, in a step.</summary>
    public required int Stills { get; init; }
}
