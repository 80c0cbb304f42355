namespace Phenaki.Trainer.Evaluation;

/// <summary>A measured number.</summary>
/// <param name="Value">The number; shares are 0 to 1.</param>
/// <param name="Clips">Clips, or scenes of stories, that it was measured on.</param>
internal sealed record Figure(double Value, int Clips);
