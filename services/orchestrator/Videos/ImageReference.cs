using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>A picture.</summary>
internal sealed record ImageReference
{
    /// <summary>A data: URL.</summary>
    [Description("The picture as a data: URL with base64. Nothing is fetched from other hosts.")]
    public string? ImageUrl { get; init; }

    /// <summary>Not known here.</summary>
    [Description("There are no files to refer to here; refused.")]
    public string? FileId { get; init; }
}
