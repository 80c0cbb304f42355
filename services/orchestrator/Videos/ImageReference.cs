namespace Phenaki.Orchestrator.Videos;

/// <summary>A picture.</summary>
internal sealed record ImageReference
{
    /// <summary>The picture as a data: URL with base64. Nothing is fetched from other hosts.</summary>
    public string? ImageUrl { get; init; }

    /// <summary>There are no files to refer to here; refused.</summary>
    public string? FileId { get; init; }
}
