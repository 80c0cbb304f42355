using Phenaki.Trainer.Training;
using Spectre.Console;
using static TorchSharp.torch;

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

    /// <summary>Folder of the video tokenizer that gives the tokens of layers; null where the settings decide.</summary>
    public string? Teacher { get; init; }

    /// <summary>True: nothing is trained, the model of the run's checkpoint is written again.</summary>
    public bool ExportOnly { get; init; }

    /// <summary>Type in which the model's numbers are stored.</summary>
    public ScalarType Storage { get; init; } = ScalarType.BFloat16;

    /// <summary>Trains, or writes the model again.</summary>
    public Task<long> DoAsync(ITrainable trainer, TrainingRunSettings settings, CancellationToken cancellationToken)
    {
        ITrainingProgress progress = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? new BarProgress(AnsiConsole.Console)
            : new LineProgress(Console.Out);
        var run = new TrainingRun(TimeProvider.System, progress);
        return ExportOnly ? run.ExportAsync(trainer, settings, cancellationToken) : run.RunAsync(trainer, settings, cancellationToken);
    }
}
