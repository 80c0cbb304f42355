namespace Phenaki.Orchestrator.Stories;

/// <summary>One clip of a story: what one call of the masked transformer makes.</summary>
/// <param name="Scene">Number of the scene, from 0.</param>
/// <param name="Clip">Number of the clip in its scene, from 0.</param>
/// <param name="FirstFrame">Number of the clip's first new frame, from the start of the story (opening frames not counted).</param>
/// <param name="PrefixFrames">Frames shown before that are encoded again as the clip's start; 0 only when nothing has been shown.</param>
/// <param name="PrefixLatentFrames">Latent frames of the prefix.</param>
/// <param name="LatentFrames">Latent frames of the clip, prefix included.</param>
/// <param name="NewFrames">Frames that the clip adds to the story; those that its last latent frame holds beyond them are dropped.</param>
/// <param name="LastOfScene">True when the scene is complete with this clip.</param>
internal readonly record struct ClipPlan(
    int Scene,
    int Clip,
    int FirstFrame,
    int PrefixFrames,
    int PrefixLatentFrames,
    int LatentFrames,
    int NewFrames,
    bool LastOfScene);
