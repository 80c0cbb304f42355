using BenchmarkDotNet.Attributes;
using Phenaki.Models;
using Phenaki.Models.Masked;

namespace Phenaki.Benchmarks.Kernels;

/// <summary>A step of the decoding without the network: the draw of every masked token and the choice of those that stay.</summary>
[ShortRunJob]
[InProcess]
[MemoryDiagnoser]
public class DrawKernels
{
    private const int Masked = 384;
    private readonly int[] _tokens = new int[Masked];
    private readonly int[] _masked = [.. Enumerable.Range(0, Masked)];
    private float[] _logits = [];
    private float[] _scratch = [];

    /// <summary>Codes of the codebook.</summary>
    [Params(1024, 8192)]
    public int Codes { get; set; }

    /// <summary>Makes the logits.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _logits = [.. Enumerable.Range(0, Masked * Codes).Select(i => 4 * MathF.Sin(i * 1.7f))];
        _scratch = new float[_logits.Length];
    }

    /// <summary>Copying the logits alone: what the measurement itself costs.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => _logits.CopyTo(_scratch, 0);

    /// <summary>The step.</summary>
    [Benchmark]
    public int Step() => MaskedDecoding.Step(
        _tokens,
        _masked,
        new ProductCode(Codes, 1),
        (tokens, masked, part, chosen, logits) => _logits.CopyTo(logits),
        _scratch,
        new MaskedDecoding.StepOf(0, 12, Masked, 0),
        new SamplingSettings { Steps = 12 },
        new ClipNoise(1, 0, 0)).Length;
}
