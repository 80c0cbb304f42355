using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Phenaki.Models;
using Phenaki.Models.Masked;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>Several clips of the shipped model at once: what it gains that they share forward passes.</summary>
/// <param name="name">Name of the benchmark.</param>
/// <param name="counts">How many clips, in turn.</param>
/// <param name="limit">How many times as fast they are to be; null for no goal.</param>
/// <param name="onGpu">On a GPU in bfloat16 instead of the processor in float32.</param>
internal sealed class SharedForwardBenchmark(string name, int[] counts, double? limit = null, bool onGpu = false) : IBenchmark
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public string Description => "clips a second when several share forward passes, next to one after the other";

    /// <inheritdoc />
    public string? Missing => onGpu ? Gpu.Missing : null;

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var model = MaskedTransformerModel.Load(BenchmarkList.Shipped("masked-transformer"), onGpu ? ComputeDevice.Parse("cuda") : ComputeDevice.Cpu, Precision.Auto);
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
        foreach (int count in counts)
        {
            var (alone, together) = (Rate(count, 1), Rate(count, count));
            yield return new Figure(string.Create(CultureInfo.InvariantCulture, $"{Name}_{count}"), together, "clip/s", alone, together / alone, limit);
        }

        await Task.CompletedTask;
    }
}
