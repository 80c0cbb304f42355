namespace Phenaki.Orchestrator.Videos;

/// <summary>A video as it is now.</summary>
internal sealed record VideoAnswer
{
    /// <summary>video_ and the id of the story that it is.</summary>
    public required string Id { get; init; }

    /// <summary>Always 'video'.</summary>
    public string Object { get; } = "video";

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>queued, in_progress, completed or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Per cent of its frames that are made.</summary>
    public required int Progress { get; init; }

    /// <summary>When it was asked for, in seconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When it was completed, in seconds since 1970.</summary>
    public long? CompletedAt { get; init; }

    /// <summary>When it is forgotten, in seconds since 1970.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Its prompts, a line for each scene.</summary>
    public string? Prompt { get; init; }

    /// <summary>Its seconds.</summary>
    public required string Seconds { get; init; }

    /// <summary>Width x height in pixels.</summary>
    public required string Size { get; init; }

    /// <summary>Id of the video that it was remixed from.</summary>
    public string? RemixedFromVideoId { get; init; }

    /// <summary>Why it failed.</summary>
    public VideoFailure? Error { get; init; }

    /// <summary>Seed used, as text: it has more digits than a number of JavaScript.</summary>
    public required string Seed { get; init; }

    /// <summary>Its scenes.</summary>
    public required IReadOnlyList<VideoScene> Scenes { get; init; }
}
