namespace Phenaki.Orchestrator.Videos;

/// <summary>A video was deleted.</summary>
/// <param name="Id">Its id.</param>
internal sealed record VideoDeletedAnswer(string Id)
{
    /// <summary>Always 'video.deleted'.</summary>
    public string Object { get; } = "video.deleted";

    /// <summary>Always true.</summary>
    public bool Deleted { get; } = true;
}
