using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video with another prompt, by its id.</summary>
internal sealed record VideoEditBody
{
    /// <summary>The new prompt.</summary>
    [Description("What the scene shall be.")]
    public string? Prompt { get; init; }

    /// <summary>Which scene.</summary>
    [Description("Number of the scene, from 0; may be left out where there is one only. The scenes before it stay as they are.")]
    public int? Scene { get; init; }

    /// <summary>The video.</summary>
    [Description("The video; files are not taken.")]
    public VideoReference? Video { get; init; }
}
