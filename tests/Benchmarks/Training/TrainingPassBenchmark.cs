using System.Diagnostics;
using System.Runtime.CompilerServices;
using Phenaki.Benchmarks.Sampling;
using Phenaki.Models;
using Phenaki.Models.Masked;
using static TorchSharp.torch;

namespace Phenaki.Benchmarks.Training;

/// <summary>The forward and backward pass of a training step of the masked transformer: how near it comes to the machine's peak.</summary>
/// <param name="config">Sizes; the weights are random.</param>
internal sealed class TrainingPassBenchmark(MaskedTransformerConfig config) : IBenchmark
{
    private const int Rounds = 3;
    private const int TextTokens = 32;

    /// <inheritdoc />
    public string Name => "train_pass";

    /// <inheritdoc />
    public string Description => "time of a forward and a backward pass at width 512, next to the time in which the GEMM peak of the same run would do their arithmetic";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        manual_seed(1);
        using var network = new MaskedTransformerNetwork(config, CPU);
        int length = config.MaxLatentFrames * config.Rows * config.Columns;

        // Every second token is masked: about the mean of the cosine schedule.
        long[] masked = [.. Enumerable.Range(0, length / 2).Select(i => 2L * i)];
        double best = double.MaxValue;
        double peak = 0;
        for (int round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            peak = Math.Max(peak, GemmPeak.Measure());
            best = Math.Min(best, Pass(network, length, masked));
        }

        // A backward pass has two products for each of the forward pass: one for the input's gradient, one for the weight's.
        double operations = 3 * SamplingArithmetic.ForwardPass(config, length, masked.Length, TextTokens);
        yield return new Figure(Name, best, "s", operations / peak, operations / peak / best, 0.6);
        await Task.CompletedTask;
    }

    private double Pass(MaskedTransformerNetwork network, int length, long[] masked)
    {
        using var scope = NewDisposeScope();
        var at = tensor(masked, dtype: ScalarType.Int64);
        var targets = randint(0, config.CodebookSize, [masked.Length], dtype: ScalarType.Int64);
        var tokens = randint(0, config.CodebookSize, [1, length], dtype: ScalarType.Int64).index_fill(1, at, Number.Of(network.MaskToken));
        var text = randn(1, TextTokens, config.TextWidth);
        var textMask = ones(1, TextTokens, dtype: ScalarType.Bool);
        long start = Stopwatch.GetTimestamp();
        var embeddings = network.Embeddings();
        var rows = network.Forward(tokens, embeddings, network.Project(text, textMask), network.PositionBiases(config.MaxLatentFrames));
        var logits = network.Logits(network.Hidden(rows.flatten(0, 1).index_select(0, at), embeddings, 0, targets), embeddings, 0);
        nn.functional.cross_entropy(logits, targets).backward();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        network.zero_grad();
        return seconds;
    }
}
