using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>A story that is written.</summary>
/// <param name="Plan">What was made.</param>
/// <param name="Scenes">How each scene came about, in order.</param>
/// <param name="Account">What it took.</param>
/// <param name="Files">What was written.</param>
internal sealed record StoryResult(StoryAccepted Plan, IReadOnlyList<SceneFinished> Scenes, StoryFinished Account, IReadOnlyList<string> Files)
{
    /// <summary>Every clip with the number of its scene.</summary>
    public IEnumerable<(uint Scene, ClipReport Clip)> Clips => Scenes.SelectMany(scene => scene.Clips.Select(clip => (scene.Scene, clip)));
}
