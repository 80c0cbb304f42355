using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class PrecisionTests
{
    // Eight bits of mantissa: half a percent of rounding in each number, much less in a mean.
    private const double Rounding = 0.01;

    [Fact(Timeout = 120_000)]
    public async Task Tokenizer_InBFloat16_LearnsAsInFloat32WithWeightsOfFloat32()
    {
        using var exact = TinyTraining.Train(TinyTraining.Tokenizer with { Precision = "float32" });
        using var rounded = TinyTraining.Train(TinyTraining.Tokenizer with { Precision = "bfloat16" });
        await AssertLearnAlikeAsync(exact, rounded, steps: 5);
    }

    [Fact(Timeout = 120_000)]
    public async Task Transformer_InBFloat16_LearnsAsInFloat32WithWeightsOfFloat32()
    {
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer);
        var vocabulary = new CaptionVocabulary(StoryWorldDataset.Vocabulary);
        var config = TinyTraining.Transformer with
        {
            Model = TinyTraining.Transformer.Model with { RelativePositions = true, AdaptiveNormWidth = 16, GridConvolutions = 1 },
        };
        using var exact = TinyTraining.Train(config with { Precision = "float32" }, tokenizer.Network, vocabulary);
        using var rounded = TinyTraining.Train(config with { Precision = "bfloat16" }, tokenizer.Network, vocabulary);
        await AssertLearnAlikeAsync(exact, rounded, steps: 4);
    }

    [Fact]
    public void Violations_OtherWord_NamesItAndWhatIsAllowed()
    {
        string violation = Assert.Single((TinyTraining.Tokenizer with { Precision = "half" }).Violations());
        Assert.Contains("'half'", violation, StringComparison.Ordinal);
        Assert.Contains("'bfloat16'", violation, StringComparison.Ordinal);
    }

    private static async Task AssertLearnAlikeAsync(ITrainable exact, ITrainable rounded, int steps)
    {
        var before = TinyTraining.Values(rounded.State);
        double difference = 0;
        for (int step = 0; step < steps; step++)
        {
            double expected = (await TinyTraining.StepAsync(exact, step))["loss"];
            double loss = (await TinyTraining.StepAsync(rounded, step))["loss"];
            Assert.InRange(loss, expected * (1 - Rounding), expected * (1 + Rounding));
            difference += Math.Abs(loss - expected);
        }

        Assert.True(difference > 0, "The passes were not in bfloat16: all losses are equal.");
        Assert.All(rounded.State, entry => Assert.Equal(ScalarType.Float32, entry.Tensor.dtype));
        var (learnt, other) = (TinyTraining.Values(rounded.State), TinyTraining.Values(exact.State));
        string[] moved = [.. other.Keys.Where(name => !other[name].SequenceEqual(before[name]))];
        Assert.All(moved, name => Assert.False(learnt[name].SequenceEqual(before[name]), $"{name} was not moved."));
        Assert.NotEmpty(moved);
    }
}
