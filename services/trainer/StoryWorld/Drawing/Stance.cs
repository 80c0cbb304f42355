namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>How an actor is shown in one frame.</summary>
/// <param name="ShiftX">Pixels to the right of the actor's place.</param>
/// <param name="ShiftY">Pixels below it.</param>
/// <param name="Pose">Frame of the art's loop.</param>
/// <param name="Turn">Clockwise turn in steps.</param>
/// <param name="LooksRight">Whether the art is mirrored.</param>
internal readonly record struct Stance(int ShiftX, int ShiftY, int Pose, int Turn, bool LooksRight);
