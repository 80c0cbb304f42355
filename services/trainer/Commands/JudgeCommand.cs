using System.CommandLine;
using System.Globalization;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train judge</c>: trains the classifier that evaluations ask, on real clips alone.</summary>
internal static class JudgeCommand
{
    public static Command Create() =>
        new TrainingOptions("Folder of the judge, written with every checkpoint.").Command("judge", "Trains the classifier of evaluations.", RunAsync);

    private static async Task<int> RunAsync(TrainingArguments arguments, CancellationToken cancellationToken)
    {
        var config = ConfigFile.Read<JudgeTrainingConfig>(arguments.Config, c => c.Violations());
        TorchRuntime.EnsureLoaded();
        using var trainer = new JudgeTrainer(config, new StoryWorldDataset(), ComputeDevice.Parse(arguments.Device).Torch, (network, step, _) =>
        {
            ModelFolder.Write(arguments.Output, config.Model, network, Card(config, step), ScalarType.Float16);
            return Task.CompletedTask;
        });
        var settings = TrainingRunSettings.Of(arguments.Run, config.Steps, config.SaveMinutes, config.WithoutLength());
        await arguments.DoAsync(trainer, settings, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private static string Card(JudgeTrainingConfig config, long steps) => string.Create(CultureInfo.InvariantCulture, $"""
        # {config.Model.Name}

        Names subject, place and action of a StoryWorld clip of 11 frames. Trained for {steps} steps of {config.ClipsPerStep} real clips of all combinations
        (seed {config.Seed}), half of them later scenes of a story, half of them blurred and noisy; it has seen no generated clip. `phenaki-train evaluate` reports its accuracy on real clips beside every figure.

        """);
}
