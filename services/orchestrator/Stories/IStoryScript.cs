namespace Phenaki.Orchestrator.Stories;

/// <summary>Says, clip by clip, how a story goes on.</summary>
internal interface IStoryScript
{
    /// <summary>The scenes as they are planned when the story begins.</summary>
    IReadOnlyList<StoryScene> Scenes { get; }

    /// <summary>True where other scenes may come of it than those that were planned when the story began.</summary>
    bool CanChange { get; }

    /// <summary>Waits until it is known how the story goes on.</summary>
    /// <returns>The next clip; null where the story ends.</returns>
    ValueTask<ScriptedClip?> NextAsync(CancellationToken cancellationToken);
}
