using System.Diagnostics;
using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Benchmarks;

/// <summary>What the machine can do: the best of many products of two square matrices. Everything else is measured against it, in the same run.</summary>
internal static class GemmPeak
{
    private const int Size = 2048;

    // A GPU needs more of them to be busy.
    private const int SizeOnGpu = 8192;
    private const int Rounds = 12;

    /// <summary>Floating-point operations a second on the processor, with as many threads as the models use.</summary>
    public static double Measure() => Measure(ComputeDevice.Cpu, ScalarType.Float32);

    /// <summary>Floating-point operations a second.</summary>
    /// <param name="device">Where.</param>
    /// <param name="type">In which type.</param>
    public static double Measure(ComputeDevice device, ScalarType type)
    {
        TorchRuntime.EnsureLoaded();
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        int size = device.IsCuda ? SizeOnGpu : Size;
        var (a, b, product) = (rand(size, size, type, device.Torch), rand(size, size, type, device.Torch), zeros(size, size, type, device.Torch));
        double best = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            product.addmm_(a, b, beta: 0, alpha: 1);
            if (device.IsCuda)
            {
                cuda.synchronize();
            }

            best = Math.Max(best, 2d * size * size * size / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
