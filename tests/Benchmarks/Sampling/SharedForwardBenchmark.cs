using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Phenaki.Models;
using Phenaki.Models.Masked;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>Several clips of the shipped model at once: what it gains that they share forward passes.</summary>
internal sealed class SharedForwardBenchmark : IBenchmark
{
    /// <inheritdoc />
    public string Name => "shared_forward";

    /// <inheritdoc />
    public string Description => "clips a second when 2, 4 or 8 share forward passes, next to one after the other";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var model = MaskedTransformerModel.Load(BenchmarkList.Shipped("masked-transformer"), ComputeDevice.Parse("cpu"));
        double Rate(int clips, int together)
        {
            model.MaxClipsPerForward = together;
            List<ClipSampler> samplers = [.. Enumerable.Range(0, clips).Select(i => model.BeginClip(RandomModels.Clip(model, model.DefaultSampling, 8 + i, (ulong)i)))];
            long start = Stopwatch.GetTimestamp();
            while (!samplers[0].IsDone)
            {
                cancellationToken.ThrowIfCancellationRequested();
                model.Step(samplers);
            }

            samplers.ForEach(sampler => sampler.Dispose());
            return clips / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Rate(1, 1);
        foreach (int count in (int[])[2, 4, 8])
        {
            var (alone, together) = (Rate(count, 1), Rate(count, count));
            yield return new Figure(string.Create(CultureInfo.InvariantCulture, $"{Name}_{count}"), together, "clip/s", alone, together / alone, null);
        }

        await Task.CompletedTask;
    }
}
