using System.Runtime.CompilerServices;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Testing;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>One clip at a time: how near its sampling comes to the machine's peak.</summary>
/// <param name="name">Name of the benchmark.</param>
/// <param name="folder">Folder of the model; null for random weights of <paramref name="config"/>.</param>
/// <param name="config">Sizes of a model with random weights.</param>
/// <param name="steps">Steps; null for the model's own default.</param>
/// <param name="textTokens">Rows of the prompt's embedding.</param>
/// <param name="onGpu">On a GPU in bfloat16 instead of the processor in float32.</param>
internal sealed class SamplingBenchmark(string name, string? folder, MaskedTransformerConfig? config, int? steps, int textTokens, bool onGpu = false) : IBenchmark
{
    private const int Rounds = 3;

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public string Description => "time to sample a clip with guidance, next to the time in which the GEMM peak of the same run would do its arithmetic";

    /// <inheritdoc />
    public string? Missing => onGpu ? Gpu.Missing : null;

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var temporary = new TemporaryFolder();
        var device = onGpu ? ComputeDevice.Parse("cuda") : ComputeDevice.Cpu;
        var type = Precision.Of(Precision.Auto, device.Torch);
        using var model = MaskedTransformerModel.Load(folder ?? RandomModels.Write(config!, temporary.Path, type), device, Precision.Auto);
        var settings = model.DefaultSampling with { Steps = steps ?? model.DefaultSampling.Steps };
        var request = RandomModels.Clip(model, settings, textTokens, seed: 1);
        double best = double.MaxValue;
        double peak = 0;
        for (int round = 0; round < Rounds; round++)
        {
            peak = Math.Max(peak, GemmPeak.Measure(device, type));
            best = Math.Min(best, RandomModels.Sample(model, request, cancellationToken));
        }

        double operations = SamplingArithmetic.Clip(model.Config, settings, model.MaxLatentFrames, textTokens);
        yield return new Figure(name, best, "s", operations / peak, operations / peak / best, onGpu ? null : 0.7);
        await Task.CompletedTask;
    }
}
