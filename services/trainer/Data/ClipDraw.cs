namespace Phenaki.Trainer.Data;

/// <summary>Which clip of a training is wanted: the same numbers give the same clip.</summary>
/// <param name="Index">A number of its own for each clip and still of the training.</param>
/// <param name="Ordinal">Clips, or stills, that the training drew before this one: what is collected in files goes round after round through all of them.</param>
/// <param name="Frames">Frames of the clip; 1 for a still.</param>
/// <param name="HeldOut">True: of what training never sees.</param>
internal readonly record struct ClipDraw(ulong Index, long Ordinal, int Frames, bool HeldOut = false);
