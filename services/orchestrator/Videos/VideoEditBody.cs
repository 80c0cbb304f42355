namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video with another prompt, by its id.</summary>
internal sealed record VideoEditBody
{
    /// <summary>What the scene shall be.</summary>
    public string? Prompt { get; init; }

    /// <summary>Number of the scene, from 0; may be left out where there is one only. The scenes before it stay as they are.</summary>
    public int? Scene { get; init; }

    /// <summary>The video: an object with an id, or in a form a file (MP4, WebM, WebP, GIF, animated PNG), which is made anew from its first frame on.</summary>
    public VideoReference? Video { get; init; }
}
