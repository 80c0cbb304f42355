namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>What <see cref="Film"/> has drawn.</summary>
/// <param name="Rgb">Bytes [frames, 64, 64, 3].</param>
/// <param name="Boxes">The subject's box in each frame.</param>
/// <param name="Faintness">As <see cref="StoryClip.Faintness"/>.</param>
/// <param name="States">What each frame was drawn from.</param>
internal sealed record Footage(byte[] Rgb, Box[] Boxes, float[] Faintness, FrameState[] States);
