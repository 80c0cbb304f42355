using System.Runtime.CompilerServices;
using TorchSharp;

namespace Phenaki.Models.Tests;

/// <summary>Numbers that outlive the operation that they are for.</summary>
public sealed class NumberTests
{
    private const int Timeout = 120_000;

    [Fact(Timeout = Timeout)]
    public async Task Of_WhileGarbageIsCollected_IsTheNumberThatWasGiven()
    {
        TorchRuntime.EnsureLoaded();
        await using var storm = GarbageStorm.Begin();
        using var one = torch.ones(1);
        for (int i = 1; storm.Rages; i = (i % 1_000) + 1)
        {
            using var product = one * Number.Of((float)i);
            Assert.Equal(i, product.item<float>());
        }
    }

    [Fact(Timeout = Timeout)]
    public void Of_ManyNumbers_RemembersTheLastOnesAlone()
    {
        TorchRuntime.EnsureLoaded();
        var first = Make();
        Collect();
        Assert.True(first.IsAlive);
        for (int i = 0; i < 64; i++)
        {
            Number.Of(i);
        }

        Collect();
        Assert.False(first.IsAlive);
    }

    [Fact(Timeout = Timeout)]
    public void Of_EachKindOfNumber_KeepsItsKind()
    {
        TorchRuntime.EnsureLoaded();
        Assert.Equal(
            [torch.ScalarType.Int64, torch.ScalarType.Int64, torch.ScalarType.Float64, torch.ScalarType.Float64],
            [Number.Of(1).Type, Number.Of(1L).Type, Number.Of(1f).Type, Number.Of(1d).Type]);
    }

    // Nothing on the stack of the test holds it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Make() => new(Number.Of(5));

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
