using Phenaki.Trainer.StoryWorld.Drawing;

namespace Phenaki.Trainer.StoryWorld;

/// <summary>A short drawn video with its caption.</summary>
/// <param name="Rgb">Bytes [frames, 64, 64, 3], red first.</param>
/// <param name="Frames">Number of frames, at 8 a second.</param>
/// <param name="Caption">What the scene shows, as a sentence; of a clip with a transition what the later scene shows.</param>
/// <param name="Scene">What is shown; of a clip with a transition the later scene.</param>
/// <param name="TransitionFrame">
/// The first frame that is not purely the earlier scene. Another subject in one place dissolves from it on in two frames, everything else is a cut.
/// 0 where the change began before the clip, -1 where there is no transition.
/// </param>
/// <param name="SubjectBoxes">The subject's place in each frame.</param>
/// <param name="Faintness">
/// [frames, 64, 64]: 0 away from the subject's solid art; in it and two pixels around it the more, the less contrast the art has of its own: 0.1 divided by the variance of
/// its colours, at most 8.
/// </param>
public sealed record StoryClip(
    byte[] Rgb,
    int Frames,
    string Caption,
    SceneSpec Scene,
    int TransitionFrame,
    IReadOnlyList<Box> SubjectBoxes,
    float[] Faintness)
{
    /// <summary>What each frame was drawn from.</summary>
    internal IReadOnlyList<FrameState> States { get; init; } = [];
}
