namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video with one more scene.</summary>
internal sealed record VideoExtendBody
{
    /// <summary>The scene that follows.</summary>
    public string? Prompt { get; init; }

    /// <summary>Its seconds; 4 by default.</summary>
    public double? Seconds { get; init; }

    /// <summary>The video: an object with an id, or in a form a file (MP4, WebM, WebP, GIF, animated PNG), which is gone on from its last frames.</summary>
    public VideoReference? Video { get; init; }
}
