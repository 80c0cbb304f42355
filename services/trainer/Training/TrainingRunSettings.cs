namespace Phenaki.Trainer.Training;

/// <summary>Where a run lives and how long it goes.</summary>
/// <param name="Folder">Folder of the checkpoint, the loss log and the samples; made if needed.</param>
/// <param name="Steps">Steps in all, those before a resume included; at least 1.</param>
/// <param name="SaveEvery">Time between checkpoints.</param>
/// <param name="Description">The configuration as text; a resumed run must have the same.</param>
internal sealed record TrainingRunSettings(string Folder, long Steps, TimeSpan SaveEvery, string Description);
