namespace Phenaki.Orchestrator.Stories;

/// <summary>A stretch of a story under one prompt.</summary>
/// <param name="Prompt">The prompt with its style, as the text encoder gets it.</param>
/// <param name="Frames">Frames, at least 1.</param>
internal sealed record StoryScene(string Prompt, int Frames)
{
    /// <summary>Seed of this scene; null for the story's.</summary>
    public ulong? Seed { get; init; }
}
