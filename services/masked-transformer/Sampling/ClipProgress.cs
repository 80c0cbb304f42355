namespace Phenaki.MaskedTransformer.Sampling;

/// <summary>Where a clip is after a step.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Masked">Tokens that are still masked.</param>
/// <param name="Tokens">Tokens so far, a masked one holding the codebook size; null when not asked for.</param>
internal sealed record ClipProgress(int Step, int Steps, int Masked, int[]? Tokens);
