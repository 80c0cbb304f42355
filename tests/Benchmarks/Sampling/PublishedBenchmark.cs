using System.Diagnostics;
using System.Runtime.CompilerServices;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Testing;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>One clip of random weights, next to what phenaki-pytorch computes for one of the same sizes.</summary>
/// <param name="config">Sizes.</param>
/// <param name="textTokens">Rows of the prompt's embedding.</param>
internal sealed class PublishedBenchmark(MaskedTransformerConfig config, int textTokens) : IBenchmark
{
    // Of theirs all steps do the same; so few are enough.
    private const int StepsOfTheirs = 3;

    /// <inheritdoc />
    public string Name => "beside_phenaki_pytorch";

    /// <inheritdoc />
    public string Description => "time to sample a clip with guidance, next to the operations of phenaki-pytorch on the same libtorch";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        using var model = MaskedTransformerModel.Load(RandomModels.Write(config, folder.Path), ComputeDevice.Cpu);
        using var theirs = new PhenakiPytorchSampler(config, textTokens);
        int steps = config.DefaultSampling.Steps;
        theirs.Sample(steps, 1, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        theirs.Sample(steps, StepsOfTheirs, cancellationToken);
        double baseline = Stopwatch.GetElapsedTime(start).TotalSeconds * steps / StepsOfTheirs;

        double ours = RandomModels.Sample(model, RandomModels.Clip(model, model.DefaultSampling, textTokens, seed: 1), cancellationToken);
        yield return new Figure(Name, ours, "s", baseline, baseline / ours, 3);
        await Task.CompletedTask;
    }
}
