using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Benchmarks;

/// <summary>Whether there is a GPU to measure on.</summary>
internal static class Gpu
{
    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Missing
    {
        get
        {
            TorchRuntime.EnsureLoaded();
            return cuda.is_available() ? null : "needs a CUDA device and a build with -p:TorchVariant=cuda";
        }
    }
}
