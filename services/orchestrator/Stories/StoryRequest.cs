using Phenaki.Common.V1;

namespace Phenaki.Orchestrator.Stories;

/// <summary>A story that has been validated.</summary>
internal sealed record StoryRequest
{
    /// <summary>Scenes in order, at least one.</summary>
    public required IReadOnlyList<StoryScene> Scenes { get; init; }

    /// <summary>What to guide away from; null for the model's own empty text.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Frames that the story goes on from, rgb, each of the model's size; none for a story from nothing.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OpeningFrames { get; init; } = [];

    /// <summary>Seed; null to draw one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Who goes first at the masked transformer; changes no frame.</summary>
    public Priority Priority { get; init; }

    /// <summary>Sampling settings, resolved.</summary>
    public required ClipSampling Sampling { get; init; }
}
