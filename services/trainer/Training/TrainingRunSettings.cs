namespace Phenaki.Trainer.Training;

/// <summary>Where a run lives and how long it goes.</summary>
/// <param name="Folder">Folder of the checkpoint, the loss log and the samples; made if needed.</param>
/// <param name="Steps">Steps in all, those before a resume included; at least 1.</param>
/// <param name="SaveEvery">Time between checkpoints.</param>
/// <param name="Description">The configuration as text; a resumed run must have the same.</param>
internal sealed record TrainingRunSettings(string Folder, long Steps, TimeSpan SaveEvery, string Description)
{
    /// <summary>Brings the description in a checkpoint of an older trainer into today's form.</summary>
    public Func<string, string> Renew { get; init; } = description => description;

    /// <summary>Makes the settings of a run whose description is a configuration.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="saveMinutes">Minutes between checkpoints, above 0.</param>
    /// <param name="fixedSettings">All that must not change when a run goes on.</param>
    public static TrainingRunSettings Of<T>(string folder, long steps, double saveMinutes, T fixedSettings) =>
        new(folder, steps, TimeSpan.FromMinutes(saveMinutes), ConfigFile.Write(fixedSettings)) { Renew = ConfigFile.Renew<T> };
}
