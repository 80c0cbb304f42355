using Phenaki.Trainer.Data;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tests.Training;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Tests.Transformer;

[Collection(OneAtATime.Name)]
public sealed class TextDropTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Step_OtherCaptions_MatterUnlessTextIsDropped(double drop, bool same)
    {
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer);
        var vocabulary = new CaptionVocabulary(StoryWorldDataset.Vocabulary);
        var config = TinyTraining.Transformer with { TextDrop = drop };
        using var told = TinyTraining.Train(config, tokenizer.Network, vocabulary);
        using var mistold = TinyTraining.Train(config, tokenizer.Network, vocabulary, new Mistold(new StoryWorldSource(config.Seed, config.World)));
        double difference = Math.Abs((await TinyTraining.StepAsync(told, 0))["loss"] - (await TinyTraining.StepAsync(mistold, 0))["loss"]);

        // Longer captions have more rows of padding, which may change the last bits of sums.
        Assert.Equal(same, difference < 1e-5);
    }

    /// <summary>The clips of another source, all with one caption.</summary>
    private sealed class Mistold(IClipSource inner) : IClipSource
    {
        public string Description => inner.Description;

        public CaptionVocabulary Vocabulary => inner.Vocabulary;

        public IReadOnlyList<IReadOnlyList<string>> SamplePrompts => inner.SamplePrompts;

        public async ValueTask<TrainingClip> DrawAsync(ClipDraw draw, Func<UInt128, bool> isKnown, CancellationToken cancellationToken) =>
            await inner.DrawAsync(draw, isKnown, cancellationToken) with { Caption = "a dog ." };
    }
}
