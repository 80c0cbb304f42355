using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Names a video.</summary>
internal sealed record VideoReference
{
    /// <summary>Its id.</summary>
    [Description("Id of a video that is completed.")]
    public string? Id { get; init; }
}
