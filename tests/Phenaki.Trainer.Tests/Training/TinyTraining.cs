using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Training;

/// <summary>The smallest trainings that have every part.</summary>
internal static class TinyTraining
{
    public static readonly TokenizerTrainingConfig Tokenizer = new()
    {
        Model = new VideoTokenizerConfig
        {
            FrameHeight = 64,
            FrameWidth = 64,
            PatchHeight = 16,
            PatchWidth = 16,
            TemporalPatch = 2,
            TemporalWindow = 2,
            Width = 32,
            Heads = 2,
            Mlp = 32,
            SpatialLayers = 1,
            TemporalLayers = 1,
            Quantizer = new QuantizerConfig { Type = "vq", CodebookSize = 32, CodeWidth = 8 },
        },
        Steps = 8,
        ClipsPerStep = 1,
        StillsPerStep = 2,
        UnquantisedSteps = 3,
        KMeansRows = 200,
    };

    public static readonly TransformerTrainingConfig Transformer = new()
    {
        Model = new MaskedTransformerConfig
        {
            CodebookSize = 32,
            Rows = 4,
            Columns = 4,
            MaxLatentFrames = 2,
            Width = 32,
            Layers = 1,
            Heads = 2,
            Mlp = 32,
            TextWidth = 16,
            MaxTextTokens = 64,
            CodeWidth = 8,
        },
        TextEncoder = new T5Config { DModel = 16, DKv = 8, DFf = 16, NumLayers = 1, NumHeads = 2, DropoutRate = 0, NPositions = 64 },
        Steps = 6,
        Phases = [new TrainingPhase { FromStep = 0, Clips = 2, Stills = 4 }],
        PrefixFrames = 1,
    };

    public static TokenizerTrainer Train(TokenizerTrainingConfig config, Func<VideoTokenizerNetwork, long, CancellationToken, Task>? export = null, IClipSource? source = null)
    {
        var geometry = config.Model.Geometry();
        var batches = new TokenizerBatches(source ?? new StoryWorldSource(config.Seed, config.World), geometry, geometry.Frames(config.Model.TemporalWindow), config.SubjectWeight, config.FaintWeight, CPU);
        return new TokenizerTrainer(config, batches, ComputeDevice.Cpu, export ?? ((_, _, _) => Task.CompletedTask));
    }

    public static TransformerTrainer Train(
        TransformerTrainingConfig config, VideoTokenizerNetwork tokenizer, CaptionVocabulary vocabulary, IClipSource? source = null, TokenCache? cache = null)
    {
        config = config with { TextEncoder = config.TextEncoder with { VocabSize = vocabulary.Tokenizer.VocabularySize } };
        var batches = new TransformerBatches(source ?? new StoryWorldSource(config.Seed, config.World), tokenizer, Tokenizer.Model.Geometry(), vocabulary.Tokenizer, config, CPU, cache: cache);
        using var codebook = ((VectorQuantizer)tokenizer.Quantizer).Table().detach();
        return new TransformerTrainer(config, batches, codebook, vocabulary, CPU, (_, _, _) => Task.CompletedTask);
    }

    /// <summary>Reads and does a step.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> StepAsync(ITrainable trainer, long step)
    {
        await trainer.ReadAsync(step, TestContext.Current.CancellationToken);
        using var scope = NewDisposeScope();
        return trainer.Step(step);
    }

    public static Dictionary<string, float[]> Values(IEnumerable<(string Name, Tensor Tensor)> state)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return state.ToDictionary(entry => entry.Name, entry => entry.Tensor.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Fails where any value differs by more than rounding does.</summary>
    public static void AssertClose(Dictionary<string, float[]> expected, Dictionary<string, float[]> actual, double tolerance)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, values) in expected)
        {
            Assert.Equal(values.Length, actual[name].Length);
            double worst = values.Zip(actual[name]).Max(pair => Math.Abs((double)pair.First - pair.Second));
            Assert.True(worst <= tolerance, $"{name} differs by {worst}");
        }
    }
}
