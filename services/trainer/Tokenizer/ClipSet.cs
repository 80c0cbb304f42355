using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Clips of equal length, read but not yet on the device.</summary>
/// <param name="Clips">At least one.</param>
/// <param name="Frames">Frames of each; 1 for stills.</param>
/// <param name="Pixels">Bytes of all clips, one behind the other.</param>
/// <param name="Weights">Weight of each pixel, at least 1 and more in a subject's box; empty where subjects are not known or weigh no more.</param>
/// <param name="FrameShare">Part of the frames of all sets that are read together, 0 to 1.</param>
internal sealed record ClipSet(IReadOnlyList<TrainingClip> Clips, int Frames, byte[] Pixels, float[] Weights, double FrameShare);
