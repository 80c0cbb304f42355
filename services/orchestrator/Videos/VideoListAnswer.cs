namespace Phenaki.Orchestrator.Videos;

/// <summary>A page of videos.</summary>
internal sealed record VideoListAnswer(IReadOnlyList<VideoAnswer> Data)
{
    /// <summary>Always 'list'.</summary>
    public string Object { get; } = "list";

    /// <summary>Id of the first video of the page.</summary>
    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;

    /// <summary>Id of the last video of the page; 'after' for the next.</summary>
    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;

    /// <summary>True where there is a next page.</summary>
    public required bool HasMore { get; init; }
}
