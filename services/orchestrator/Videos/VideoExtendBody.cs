namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video with one more scene.</summary>
internal sealed record VideoExtendBody
{
    /// <summary>The scene that follows.</summary>
    public string? Prompt { get; init; }

    /// <summary>Its seconds; 4 by default.</summary>
    public double? Seconds { get; init; }

    /// <summary>The video; files are not taken.</summary>
    public VideoReference? Video { get; init; }
}
