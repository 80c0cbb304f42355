using System.Diagnostics;
using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Benchmarks;

/// <summary>What the machine can do: the best of many products of two square matrices. Everything else is measured against it, in the same run.</summary>
internal static class GemmPeak
{
    private const int Size = 2048;
    private const int Rounds = 12;

    /// <summary>Floating-point operations a second, with as many threads as the models use.</summary>
    public static double Measure()
    {
        TorchRuntime.EnsureLoaded();
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        var (a, b, product) = (rand(Size, Size), rand(Size, Size), zeros(Size, Size));
        double best = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            product.addmm_(a, b, beta: 0, alpha: 1);
            best = Math.Max(best, 2d * Size * Size * Size / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
