namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>All that a frame is drawn from.</summary>
/// <param name="Scene">The scene.</param>
/// <param name="Actor">Where its subject is.</param>
/// <param name="Phase">Frame of all loops, 0 to 7.</param>
internal sealed record FrameState(SceneSpec Scene, Actor Actor, int Phase)
{
    /// <summary>The frame that dissolves into this one; null, the default, where none does.</summary>
    public FrameState? Leaving { get; init; }

    /// <summary>Frames since the dissolve began.</summary>
    public int Since { get; init; }
}
