using Phenaki.Trainer.Optimisation;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class AccumulationTests
{
    [Fact(Timeout = 120_000)]
    public async Task Tokenizer_TwoBatchesAStep_LearnsAsFromOneTwiceAsLarge()
    {
        var config = TinyTraining.Tokenizer with { UnquantisedSteps = 1, Optimiser = Plain };
        using var whole = TinyTraining.Train(config with { ClipsPerStep = 2, StillsPerStep = 4 });
        using var parts = TinyTraining.Train(config with { ClipsPerStep = 1, StillsPerStep = 2, Accumulate = 2 });
        await AssertSameAsync(whole, parts);
    }

    [Fact(Timeout = 120_000)]
    public async Task Transformer_TwoBatchesAStep_LearnsAsFromOneTwiceAsLarge()
    {
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer);
        var vocabulary = new CaptionVocabulary(StoryWorldDataset.Vocabulary);
        var config = TinyTraining.Transformer with { Optimiser = Plain };
        using var whole = TinyTraining.Train(config with { Phases = [new TrainingPhase { FromStep = 0, Clips = 4, Stills = 6 }] }, tokenizer.Network, vocabulary);
        using var parts = TinyTraining.Train(
            config with { Phases = [new TrainingPhase { FromStep = 0, Clips = 2, Stills = 3 }], Accumulate = 2 }, tokenizer.Network, vocabulary);
        await AssertSameAsync(whole, parts);
    }

    // The first steps of Adam divide gradients by their own size, which would enlarge what rounding makes of those near zero.
    private static OptimiserConfig Plain => new() { LearningRate = 1e-4, AdamLearningRate = 1e-5, WarmupSteps = 0 };

    private static async Task AssertSameAsync(ITrainable whole, ITrainable parts)
    {
        for (long step = 0; step < 3; step++)
        {
            var expected = await TinyTraining.StepAsync(whole, step);
            var actual = await TinyTraining.StepAsync(parts, step);
            Assert.Equal(expected["loss"], actual["loss"], 1e-4);
            Assert.Equal(expected["gradient"], actual["gradient"], 1e-3);
        }

        TinyTraining.AssertClose(TinyTraining.Values(whole.State), TinyTraining.Values(parts.State), 1e-3);
    }
}
