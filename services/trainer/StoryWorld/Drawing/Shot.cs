namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>A scene and the frame from which it is shown; there its dissolve begins. Ignored for the first shot.</summary>
internal readonly record struct Shot(SceneSpec Scene, int From)
{
    /// <summary>Frames in which a subject dissolves into the next, counted from the later scene's first frame.</summary>
    public const int DissolveFrames = 2;
}
