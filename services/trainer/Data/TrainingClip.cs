using Phenaki.Geometry;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.StoryWorld.Drawing;

namespace Phenaki.Trainer.Data;

/// <summary>A clip with its caption.</summary>
/// <param name="Rgb">Bytes [frames, height, width, 3], red first; empty where the tokens of the clip are known already.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Caption">What the clip shows; after a change of scene, what the later scene shows.</param>
internal sealed record TrainingClip(byte[] Rgb, int Frames, string Caption)
{
    /// <summary>The first frame that is not purely an earlier scene; 0 where the change began before the clip, -1 where there is none.</summary>
    public int TransitionFrame { get; init; } = -1;

    /// <summary>Latent frames at the start that the caption does not tell of: those before a change of scene, fewer than all; 0 where there is no change.</summary>
    public int LatentFramesBeforeTransition(VideoGeometry geometry, int latentFrames) =>
        TransitionFrame > 0 ? Math.Min(geometry.LatentFramesCovering(TransitionFrame), latentFrames - 1) : 0;

    /// <summary>The subject's place in each frame; null where nobody knows it.</summary>
    public IReadOnlyList<Box>? SubjectBoxes { get; init; }

    /// <summary>How faint the subject's art is in each pixel, [frames, height, width], 0 away from it; null where nobody knows it.</summary>
    public float[]? Faintness { get; init; }

    /// <summary>What each frame was drawn from; null where nobody knows it.</summary>
    public IReadOnlyList<FrameState>? States { get; init; }

    /// <summary>Names the pixels, so that their tokens can be kept; null for clips that never come again.</summary>
    public UInt128? Identity { get; init; }
}
