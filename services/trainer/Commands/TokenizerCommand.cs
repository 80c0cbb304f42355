using System.CommandLine;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train tokenizer</c>: trains a C-ViViT.</summary>
internal static class TokenizerCommand
{
    public static Command Create() =>
        new TrainingOptions("Folder of the video tokenizer, written with every checkpoint.").Command("tokenizer", "Trains a video tokenizer.", RunAsync);

    private static async Task<int> RunAsync(string configPath, string run, string output, string device, CancellationToken cancellationToken)
    {
        var config = ConfigFile.Read<TokenizerTrainingConfig>(configPath, c => c.Violations());
        TorchRuntime.EnsureLoaded();
        var on = ComputeDevice.Parse(device).Torch;
        var geometry = config.Model.Geometry();
        var batches = new TokenizerBatches(new StoryWorldDataset(), geometry, geometry.Frames(config.Model.TemporalWindow), config.Seed, config.SubjectWeight, on);
        var samples = new TokenizerSamples(batches, run);
        using var trainer = new TokenizerTrainer(config, batches, on, async (network, step, token) =>
        {
            await samples.WriteAsync(network, step, token).ConfigureAwait(false);
            ModelFolder.Write(output, config.Model, network, TokenizerCard.Write(config, step), ScalarType.BFloat16);
        });
        var settings = new TrainingRunSettings(run, config.Steps, TimeSpan.FromMinutes(config.SaveMinutes), ConfigFile.Write(config.WithoutLength()));
        await new TrainingRun(TimeProvider.System, Console.Out).RunAsync(trainer, settings, cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
