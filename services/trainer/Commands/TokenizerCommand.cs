using System.CommandLine;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train tokenizer</c>: trains a C-ViViT.</summary>
internal static class TokenizerCommand
{
    public static Command Create() =>
        new TrainingOptions("Folder of the video tokenizer, written with every checkpoint.")
            .Command("tokenizer", "Trains a video tokenizer.", "Folder of a video tokenizer to begin with instead of random weights; its sizes must be those of the settings.", RunAsync);

    /// <summary>Trains, or writes the model of a run again.</summary>
    public static async Task<int> RunAsync(TrainingArguments arguments, CancellationToken cancellationToken)
    {
        var config = ConfigFile.Read<TokenizerTrainingConfig>(arguments.Config, c => c.Violations());
        config = config with { From = arguments.From ?? config.From, Layers = config.Layers?.With(arguments.Teacher) };
        if ((config.DecoderOnly || config.Layers is not null) && config.From is null)
        {
            throw new InvalidOperationException($"{arguments.Config}: decoder_only or layers is set, but there is no video tokenizer to begin with; name it by from or --from");
        }

        string? begunWith = null;
        if (config.From is not null)
        {
            GivenModel.RefuseOwn(config.From, arguments.Output);
            begunWith = GivenModel.Fingerprint(config.From);
        }

        var redraw = config.Redraw is null ? null : config.Redraw with { Model = new ModelParts(config.Redraw.Model).Fingerprints() };
        TorchRuntime.EnsureLoaded();
        var on = ComputeDevice.Parse(arguments.Device);
        var geometry = config.Model.Geometry();
        var (source, data) = await ClipSources.OpenAsync(config.Data, config.World, geometry, config.Model.FramesPerSecond, config.Seed, Console.Out, cancellationToken).ConfigureAwait(false);
        var batches = new TokenizerBatches(source, geometry, geometry.Frames(config.Model.TemporalWindow), config.SubjectWeight, config.FaintWeight, on.Torch);
        var samples = new TokenizerSamples(batches, arguments.Run);
        using var trainer = new TokenizerTrainer(config, batches, on, async (network, step, token) =>
        {
            await samples.WriteAsync(network, step, token).ConfigureAwait(false);
            ModelFolder.Write(arguments.Output, config.Model, network, TokenizerCard.Write(config, source.Description, step), arguments.Storage);
        });
        var settings = TrainingRunSettings.Of(arguments.Run, config.Steps, config.SaveMinutes, config.WithoutLength() with { From = begunWith, Data = data, Redraw = redraw, Layers = config.Layers?.Lasting() });
        await arguments.DoAsync(trainer, settings, cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
