using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tests.Training;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Transformer;

[Collection(OneAtATime.Name)]
public sealed class GuessingTests
{
    private const int Length = 32;
    private static readonly MaskedTransformerConfig Parted = TinyTraining.Transformer.Model with { CodebookSize = 64, CodeParts = 3, CodeWidth = 0 };

    [Fact]
    public void Shown_SomeSamplesGuess_DrawsThereFromWhatTheNetworkPredictsAndLeavesTheRest()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = new MaskedTransformerNetwork(Parted, CPU);
        network.get_parameter("output_bias")!.normal_();
        var (batch, text, mask) = Batch([40, 41, 50, 63], [0.1f, 0.5f, 0.9f, 0.99f, 0.3f, 0.01f, 0.7f, 0.8f, 0.2f, 0.6f, 0.4f, 0.95f]);
        var embeddings = network.Embeddings();
        int[] before = Ints(batch.Tokens);
        int[] shown = Ints(MaskedLoss.Shown(batch, network, embeddings, text, mask));

        // The same draws by hand, from the second sample alone: nobody else guesses.
        int[] alone = before[Length..(2 * Length)];
        foreach (int position in new[] { 8, 9, 18, 31 })
        {
            alone[position] = network.MaskToken;
        }

        var context = network.Project(text.narrow(0, 1, 1), mask.narrow(0, 1, 1));
        var rows = network.Forward(tensor(alone, [1, Length]).to_type(ScalarType.Int64), embeddings, context, network.PositionBiases(2))[0];
        float[] numbers = batch.GuessNumbers!.flatten().data<float>().ToArray();
        var expected = (int[])before.Clone();
        foreach (var (guess, position) in new[] { 8, 9, 18, 31 }.Index())
        {
            int code = 0;
            for (int part = 0; part < 3; part++)
            {
                var logits = network.Logits(network.Hidden(rows.narrow(0, position, 1), embeddings, part, tensor(new long[] { code })), embeddings, part)[0];
                float[] probabilities = [.. nn.functional.softmax(logits, 0).data<float>()];
                int digit = 0;
                for (double passed = probabilities[0]; passed < numbers[(3 * guess) + part]; passed += probabilities[digit])
                {
                    digit++;
                }

                code += digit * (int)network.Code.Stride(part);
            }

            expected[Length + position] = code;
        }

        Assert.Equal(expected, shown);
        Assert.NotEqual(before, shown);
    }

    [Fact]
    public void Of_GuessesAreMaskedOrWrong_TheVideosTokensAreWhatIsLearned()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = new MaskedTransformerNetwork(Parted, CPU);
        using var generator = new Generator(1, CPU);
        using var encoder = new T5Encoder(TinyTraining.Transformer.TextEncoder with { VocabSize = 8 }, generator, CPU);

        // Every guess is code 0; every video shows code 21, the second entry of each part: 100 nats further down.
        network.get_parameter("output_bias")!.index_fill_(0, tensor(new long[] { 0, 4, 8 }), Number.Of(100f));
        var (batch, _, _) = Batch([40, 41], [0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f]);
        batch = batch with { Tokens = full_like(batch.Tokens, Number.Of(21L)) };
        Assert.InRange(MaskedLoss.Of(batch, network, encoder).item<float>(), 250, 350);
    }

    [Fact(Timeout = 120_000)]
    public async Task Step_GuessingSamples_LearnsSomethingElseAndRepeats()
    {
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer);
        var vocabulary = new CaptionVocabulary(StoryWorldDataset.Vocabulary);
        var guessing = TinyTraining.Transformer with { Guessing = new GuessingConfig { Share = 1 } };
        var losses = new List<double>();
        foreach (var config in new[] { guessing, guessing, guessing with { Guessing = guessing.Guessing with { Share = 0 } }, TinyTraining.Transformer })
        {
            using var trainer = TinyTraining.Train(config, tokenizer.Network, vocabulary);
            losses.Add((await TinyTraining.StepAsync(trainer, 0))["loss"]);
        }

        Assert.Equal(losses[0], losses[1]);
        Assert.NotEqual(losses[0], losses[2]);
        Assert.Equal(losses[2], losses[3]);
    }

    [Fact]
    public void Violations_GuessingOutOfRange_AreNamed()
    {
        var config = TinyTraining.Transformer with { TextEncoder = TinyTraining.Transformer.TextEncoder with { VocabSize = 8 }, Guessing = new GuessingConfig { Share = -1, MostTokens = 0, MostMasked = 2 } };
        Assert.Equal(
            ["guessing.share is -1; allowed are 0 to 1", "guessing.most_tokens is 0; allowed are 0.001 to 1", "guessing.most_masked is 2; allowed are 0.001 to 1"],
            config.Violations());
    }

    // Three samples of two latent frames; the positions count over all of them.
    private static (TransformerBatches.Batch Batch, Tensor Text, Tensor Mask) Batch(long[] guessed, float[] numbers)
    {
        var tokens = tensor(Enumerable.Range(0, 3 * Length).Select(i => (i * 37L) % 64).ToArray(), [3, Length]);
        var words = ones(3, 2, ScalarType.Int64);
        var mask = ones(3, 2, ScalarType.Bool);
        var batch = new TransformerBatches.Batch(
            tokens, 2, words, mask, tensor(new long[] { 1, 20, 41, 70 }), zeros(3, ScalarType.Bool), tensor(guessed), tensor(numbers, [numbers.Length / 3, 3]));
        return (batch, randn(3, 2, TinyTraining.Transformer.Model.TextWidth), mask);
    }

    private static int[] Ints(Tensor tokens) => tokens.to_type(ScalarType.Int32).flatten().data<int>().ToArray();
}
