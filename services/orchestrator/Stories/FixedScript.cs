namespace Phenaki.Orchestrator.Stories;

/// <summary>The script of a story that is known as a whole before it begins.</summary>
/// <param name="scenes">Its scenes.</param>
/// <param name="planner">Cuts them into clips.</param>
/// <param name="openingFrames">Frames given to go on from.</param>
internal sealed class FixedScript(IReadOnlyList<StoryScene> scenes, StoryPlanner planner, int openingFrames) : IStoryScript
{
    private readonly IEnumerator<ClipPlan> _clips = planner.Plan(scenes.Select(scene => scene.Frames), openingFrames).GetEnumerator();

    /// <inheritdoc/>
    public IReadOnlyList<StoryScene> Scenes => scenes;

    /// <inheritdoc/>
    public bool CanChange => false;

    /// <inheritdoc/>
    public ValueTask<ScriptedClip?> NextAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(_clips.MoveNext() ? new ScriptedClip(_clips.Current, scenes[_clips.Current.Scene]) : null);
}
