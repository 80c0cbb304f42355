using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>A stretch of a video under one prompt.</summary>
internal sealed record VideoScene
{
    /// <summary>The prompt.</summary>
    [Description("The prompt.")]
    public string? Prompt { get; init; }

    /// <summary>Its seconds.</summary>
    [Description("Its seconds.")]
    public double? Seconds { get; init; }

    /// <summary>Its frames, in place of seconds.</summary>
    [Description("Its frames, in the place of seconds.")]
    public uint? Frames { get; init; }
}
