using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>A video was deleted.</summary>
/// <param name="Id">Its id.</param>
internal sealed record VideoDeletedAnswer(string Id)
{
    /// <summary>Always video.deleted.</summary>
    [Description("Always 'video.deleted'.")]
    public string Object { get; } = "video.deleted";

    /// <summary>Always true.</summary>
    [Description("Always true.")]
    public bool Deleted { get; } = true;
}
