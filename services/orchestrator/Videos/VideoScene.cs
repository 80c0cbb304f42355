namespace Phenaki.Orchestrator.Videos;

/// <summary>A stretch of a video under one prompt.</summary>
internal sealed record VideoScene
{
    /// <summary>The prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>Its seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>Its frames, in the place of seconds.</summary>
    public uint? Frames { get; init; }
}
