using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video with one more scene.</summary>
internal sealed record VideoExtendBody
{
    /// <summary>The new scene.</summary>
    [Description("The scene that follows.")]
    public string? Prompt { get; init; }

    /// <summary>Its seconds.</summary>
    [Description("Its seconds; 4 by default.")]
    public double? Seconds { get; init; }

    /// <summary>The video.</summary>
    [Description("The video; files are not taken.")]
    public VideoReference? Video { get; init; }
}
