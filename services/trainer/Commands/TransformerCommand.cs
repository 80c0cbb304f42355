using System.CommandLine;
using Phenaki.Media;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train transformer</c>: trains a masked transformer and its text encoder on the tokens of a video tokenizer.</summary>
internal static class TransformerCommand
{
    public static Command Create() =>
        new TrainingOptions("Model folder: its video-tokenizer must be there; text-encoder and masked-transformer are written with every checkpoint.")
            .Command(
                "transformer", "Trains a masked transformer and its text encoder.",
                "Model folder whose text-encoder and masked-transformer are begun with instead of random weights; sizes must be those of the settings.", RunAsync);

    /// <summary>Trains, or writes the model of a run again.</summary>
    public static async Task<int> RunAsync(TrainingArguments arguments, CancellationToken cancellationToken)
    {
        var parts = new ModelParts(arguments.Output);
        var config = ConfigFile.Read<TransformerTrainingConfig>(arguments.Config, c => c.Violations());
        config = config with { From = arguments.From ?? config.From, Layers = config.Layers?.With(arguments.Teacher) };
        TorchRuntime.EnsureLoaded();
        var on = ComputeDevice.Parse(arguments.Device);
        using var files = ModelFolder.Open(parts.VideoTokenizer, VideoTokenizerConfig.Type);
        var tokenizerConfig = files.ReadConfig<VideoTokenizerConfig>();
        string[] wrong = [.. config.Mismatches(tokenizerConfig)];
        if (wrong.Length > 0)
        {
            throw new InvalidOperationException($"{arguments.Config} does not fit {parts.VideoTokenizer}: {string.Join("; ", wrong)}");
        }

        using var tokenizer = new VideoTokenizerNetwork(tokenizerConfig, on.Torch);
        files.LoadWeights(tokenizer, on.Torch);
        var (source, data) = await ClipSources.OpenAsync(
            config.Data, config.World, tokenizerConfig.Geometry(), tokenizerConfig.FramesPerSecond, config.Seed, Console.Out, cancellationToken).ConfigureAwait(false);
        var vocabulary = source.Vocabulary;
        string? begunWith = null;
        if (config.From is not null)
        {
            var from = new ModelParts(config.From);
            GivenModel.RefuseOwn(config.From, arguments.Output);
            begunWith = from.Fingerprints();
            vocabulary = TransformerStart.Widen(from, vocabulary);
        }

        config = config with { TextEncoder = config.TextEncoder with { VocabSize = vocabulary.Tokenizer.VocabularySize } };
        using var cache = config.Data is { TokenCacheMegabytes: > 0 and var most }
            ? TokenCache.Open(Path.Combine(arguments.Run, "tokens"), $"{files.Fingerprint}-{config.Data.Fit}", most * 1_000_000L)
            : null;
        var writer = new ModelWriter(config, source.Description, vocabulary, parts);
        using var codebook = tokenizer.Quantizer is VectorQuantizer quantizer
            ? quantizer.Table().detach()
            : throw new InvalidOperationException($"{parts.VideoTokenizer} has no learned codebook; set model.code_width to 0 to train on it.");
        using var layers = config.Layers is null ? null : new LayerTokens(config.Layers, tokenizerConfig, ((VectorQuantizer)tokenizer.Quantizer).Codebook, on.Torch);
        var batches = new TransformerBatches(source, tokenizer, tokenizerConfig.Geometry(), vocabulary.Tokenizer, config, on.Torch, cache: cache, layers: layers);
        using var trainer = new TransformerTrainer(config, batches, codebook, vocabulary, on.Torch, async (trained, step, token) =>
        {
            writer.Write(trained, step, arguments.Storage);
            string samples = Path.Combine(arguments.Run, TrainingRun.SamplesName(step));
            await WriteSamplesAsync(samples, source.SamplePrompts, parts, config, tokenizerConfig, on, token).ConfigureAwait(false);
        });
        var lasting = config.WithoutLength() with { From = begunWith, Layers = config.Layers?.Lasting(), Data = data, Model = config.Model with { VideoTokenizerFingerprint = files.Fingerprint } };
        var settings = TrainingRunSettings.Of(arguments.Run, config.Steps, config.SaveMinutes, lasting);
        await arguments.DoAsync(trainer, settings, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private static async Task WriteSamplesAsync(
        string path, IReadOnlyList<IReadOnlyList<string>> prompts, ModelParts parts, TransformerTrainingConfig config, VideoTokenizerConfig video, ComputeDevice device, CancellationToken cancellationToken)
    {
        using var sampler = new StorySampler(parts, config.PrefixFrames, device);
        var rows = new List<IReadOnlyList<byte[]>>();
        foreach (var story in prompts)
        {
            rows.AddRange(sampler.Story(story, sampler.DefaultSampling, seed: 1));
        }

        await FrameStrip.WriteAsync(path, rows, video.FrameWidth, video.FrameHeight, scale: 1, gap: 1, cancellationToken).ConfigureAwait(false);
    }
}
