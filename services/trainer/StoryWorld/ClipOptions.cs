namespace Phenaki.Trainer.StoryWorld;

/// <summary>What <see cref="StoryWorldDataset.Draw"/> draws.</summary>
public sealed record ClipOptions
{
    /// <summary>Frames of a clip, at least 1. Default 11.</summary>
    public int Frames { get; init; } = 11;

    /// <summary>Share of clips that change from one scene to another, 0 to 1; stills never do. Default 0.22.</summary>
    public double TransitionProbability { get; init; } = 0.22;

    /// <summary>Share of clips in another style than the plain one, 0 to 1: half of them pencil, a quarter cartoon, a quarter night. Default 0.25.</summary>
    public double StyleProbability { get; init; } = 0.25;

    /// <summary>Share of clips with a deed of <see cref="StoryWorldCatalog.Further"/>, 0 to 1; held-out clips have none. Default 0.</summary>
    public double FurtherProbability { get; init; }

    /// <summary>Share of clips whose place is drawn in another style than their subject or mirrored, 0 to 1; held-out clips never are. Default 0.</summary>
    public double CollageProbability { get; init; }

    /// <summary>Draw the combinations that training never sees instead of those that it sees. Default false.</summary>
    public bool HeldOut { get; init; }
}
