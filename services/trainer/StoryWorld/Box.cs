namespace Phenaki.Trainer.StoryWorld;

/// <summary>A rectangle in pixels inside a frame; <paramref name="X"/> and <paramref name="Y"/> are its upper left corner.</summary>
/// <param name="X">Left edge, 0 to 63.</param>
/// <param name="Y">Upper edge, 0 to 63.</param>
/// <param name="Width">At least 1.</param>
/// <param name="Height">At least 1.</param>
public readonly record struct Box(int X, int Y, int Width, int Height);
