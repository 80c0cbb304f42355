namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Where a subject is, apart from its bobbing: carried over from scene to scene.</summary>
/// <param name="X">Left edge of its cell.</param>
/// <param name="Y">Upper edge of its cell.</param>
/// <param name="Direction">-1 to the left, 1 to the right.</param>
internal readonly record struct Actor(int X, int Y, int Direction);
