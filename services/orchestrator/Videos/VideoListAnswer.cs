using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>A page of videos.</summary>
internal sealed record VideoListAnswer(IReadOnlyList<VideoAnswer> Data)
{
    /// <summary>Always list.</summary>
    [Description("Always 'list'.")]
    public string Object { get; } = "list";

    /// <summary>Id of the first.</summary>
    [Description("Id of the first video of the page.")]
    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;

    /// <summary>Id of the last.</summary>
    [Description("Id of the last video of the page; 'after' for the next.")]
    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;

    /// <summary>True where more come.</summary>
    [Description("True where there is a next page.")]
    public required bool HasMore { get; init; }
}
