using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>A video as it is now.</summary>
internal sealed record VideoAnswer
{
    /// <summary>Its id.</summary>
    [Description("video_ and the id of the story that it is.")]
    public required string Id { get; init; }

    /// <summary>Always video.</summary>
    [Description("Always 'video'.")]
    public string Object { get; } = "video";

    /// <summary>Name of the model.</summary>
    [Description("Name of the model.")]
    public required string Model { get; init; }

    /// <summary>Where it stands.</summary>
    [Description("queued, in_progress, completed or failed.")]
    public required string Status { get; init; }

    /// <summary>Per cent.</summary>
    [Description("Per cent of its frames that are made.")]
    public required int Progress { get; init; }

    /// <summary>When it was asked for.</summary>
    [Description("When it was asked for, in seconds since 1970.")]
    public required long CreatedAt { get; init; }

    /// <summary>When it was completed.</summary>
    [Description("When it was completed, in seconds since 1970.")]
    public long? CompletedAt { get; init; }

    /// <summary>When it is forgotten.</summary>
    [Description("When it is forgotten, in seconds since 1970.")]
    public long? ExpiresAt { get; init; }

    /// <summary>Its prompts.</summary>
    [Description("Its prompts, a line for each scene.")]
    public string? Prompt { get; init; }

    /// <summary>Its seconds.</summary>
    [Description("Its seconds.")]
    public required string Seconds { get; init; }

    /// <summary>Its size.</summary>
    [Description("Width x height in pixels.")]
    public required string Size { get; init; }

    /// <summary>What it was remixed from.</summary>
    [Description("Id of the video that it was remixed from.")]
    public string? RemixedFromVideoId { get; init; }

    /// <summary>Why it failed.</summary>
    [Description("Why it failed.")]
    public VideoFailure? Error { get; init; }

    /// <summary>Seed used.</summary>
    [Description("Seed used, as text: it has more digits than a number of JavaScript.")]
    public required string Seed { get; init; }

    /// <summary>Its scenes.</summary>
    [Description("Its scenes.")]
    public required IReadOnlyList<VideoScene> Scenes { get; init; }
}
