using CsCheck;

namespace Phenaki.Serving.Tests;

public sealed class WaitingLineTests
{
    [Fact]
    public void TryTake_AnyArrivals_KeepsOrderWithinPriorityAndLetsNobodyWaitForEver() =>
        Gen.Select(Gen.Int[1, 5], Gen.Bool.Array[0, 40]).Sample((inARow, arrivals) =>
        {
            var line = new WaitingLine<string>(inARow);
            for (int i = 0; i < arrivals.Length; i++)
            {
                line.Add($"{(arrivals[i] ? "batch" : "interactive")} {i}", arrivals[i] ? WorkPriority.Batch : WorkPriority.Interactive);
            }

            var taken = new List<string>();
            while (line.TryTake(out string? next))
            {
                taken.Add(next);
            }

            Assert.Equal(arrivals.Length, taken.Count);
            foreach (string priority in (string[])["batch", "interactive"])
            {
                int[] order = [.. taken.Where(one => one.StartsWith(priority, StringComparison.Ordinal)).Select(one => int.Parse(one.Split(' ')[1], null))];
                Assert.Equal(order.Order(), order);
            }

            // While batch work waits, no more than so many interactive ones go before the next of it.
            int lastBatch = taken.FindLastIndex(one => one.StartsWith("batch", StringComparison.Ordinal));
            string upToIt = string.Concat(taken.Take(lastBatch + 1).Select(one => one[0]));
            Assert.DoesNotContain(new string('i', inARow + 1), upToIt, StringComparison.Ordinal);
        });

    [Fact]
    public void TryTake_BothWait_InteractiveGoesFirst()
    {
        var line = new WaitingLine<string>(4);
        line.Add("batch", WorkPriority.Batch);
        line.Add("interactive", WorkPriority.Interactive);
        Assert.True(line.TryTake(out string? first));
        Assert.Equal("interactive", first);
    }

    [Fact]
    public void Leave_OnceTaken_SaysSo()
    {
        var line = new WaitingLine<string>(4);
        var left = line.Add("left", WorkPriority.Interactive);
        var taken = line.Add("taken", WorkPriority.Interactive);
        Assert.True(WaitingLine<string>.Leave(left));
        Assert.False(WaitingLine<string>.Leave(left));
        Assert.True(line.TryTake(out string? next));
        Assert.Equal("taken", next);
        Assert.False(WaitingLine<string>.Leave(taken));
        Assert.Equal(0, line.Count);
    }
}
