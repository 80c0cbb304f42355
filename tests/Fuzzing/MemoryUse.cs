using System.Globalization;
using TorchSharp;

namespace Phenaki.Fuzzing;

/// <summary>What a process holds.</summary>
/// <param name="Tensors">Tensors that live.</param>
/// <param name="Managed">Bytes of managed objects.</param>
/// <param name="Process">Bytes of the process that are in memory.</param>
internal sealed record MemoryUse(long Tensors, long Managed, long Process)
{
    /// <summary>Measures it, after everything that can be freed is freed.</summary>
    public static MemoryUse Now()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return new(torch.Tensor.TotalCount, GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Tensors} tensors, {Managed / 1048576.0:0.0} MiB managed, {Process / 1048576.0:0.0} MiB in all");
}
