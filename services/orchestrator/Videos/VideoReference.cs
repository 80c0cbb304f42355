namespace Phenaki.Orchestrator.Videos;

/// <summary>Names a video.</summary>
internal sealed record VideoReference
{
    /// <summary>Id of a video that is completed.</summary>
    public string? Id { get; init; }
}
