namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video with another prompt.</summary>
internal sealed record VideoRemixBody
{
    /// <summary>What the scene shall be.</summary>
    public string? Prompt { get; init; }

    /// <summary>Number of the scene, from 0; may be left out where there is one only. The scenes before it stay as they are.</summary>
    public int? Scene { get; init; }
}
