namespace Phenaki.Trainer.Commands;

/// <summary>What a user typed behind a training command.</summary>
/// <param name="Config">Path of the settings.</param>
/// <param name="Run">Folder of the run.</param>
/// <param name="Output">Folder of the model that is written.</param>
/// <param name="Device">Where to train.</param>
internal sealed record TrainingArguments(string Config, string Run, string Output, string Device)
{
    /// <summary>Folder of the model to begin with; null where the settings decide.</summary>
    public string? From { get; init; }
}
