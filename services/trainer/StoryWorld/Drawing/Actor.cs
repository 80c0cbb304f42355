namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Where a subject is, apart from its bobbing: carried over from scene to scene.</summary>
/// <param name="X">Left edge of its cell.</param>
/// <param name="Y">Upper edge of its cell.</param>
/// <param name="Direction">-1 to the left, 1 to the right.</param>
/// <param name="SpeedX">Pixels to the right from the first frame of a latent frame to its second, and to that one from the frame before.</param>
/// <param name="SpeedY">Pixels down, likewise.</param>
internal readonly record struct Actor(int X, int Y, int Direction, int SpeedX = 0, int SpeedY = 0);
