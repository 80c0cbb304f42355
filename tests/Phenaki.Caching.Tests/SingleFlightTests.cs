using CsCheck;

namespace Phenaki.Caching.Tests;

public sealed class SingleFlightTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_ManyAtOnce_ComputesOnceForAll()
    {
        var flights = new SingleFlight<string, object>();
        var gate = new TaskCompletionSource();
        int computed = 0;
        Task<(object Value, bool Shared)>[] all = [.. Enumerable.Range(0, 20).Select(_ => flights.RunAsync(
            "key",
            async token =>
            {
                computed++;
                await gate.Task.WaitAsync(token);
                return new object();
            },
            Ended))];
        gate.SetResult();
        (object Value, bool Shared)[] results = await Task.WhenAll(all);
        Assert.Equal(1, computed);
        Assert.Single(results.Select(result => result.Value).Distinct());
        Assert.Single(results, result => !result.Shared);
        Assert.Equal(0, flights.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_FirstIsCancelled_AnotherTakesOver()
    {
        var flights = new SingleFlight<int, string>();
        using var leaving = new CancellationTokenSource();
        Task<(string, bool)> first = flights.RunAsync(1, Never, leaving.Token);
        Task<(string, bool)> second = flights.RunAsync(1, _ => Task.FromResult("second"), Ended);
        Assert.False(second.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(("second", false), await second);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_FirstFailsBecauseItWasCancelled_AnotherTakesOver()
    {
        // As gRPC does: a cancelled call ends in an exception of its own.
        var flights = new SingleFlight<int, string>();
        using var leaving = new CancellationTokenSource();
        Task<(string, bool)> first = flights.RunAsync(
            1,
            async token =>
            {
                try
                {
                    return await Never(token);
                }
                catch (OperationCanceledException)
                {
                    throw new InvalidOperationException("cancelled");
                }
            },
            leaving.Token);
        Task<(string, bool)> second = flights.RunAsync(1, _ => Task.FromResult("second"), Ended);
        await leaving.CancelAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        Assert.Equal(("second", false), await second);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_FirstFails_AllFailAlikeAndTheNextTriesAgain()
    {
        var flights = new SingleFlight<int, string>();
        var gate = new TaskCompletionSource<string>();
        Task<(string, bool)> first = flights.RunAsync(1, gate.Task.WaitAsync, Ended);
        Task<(string, bool)> second = flights.RunAsync(1, _ => Task.FromResult("second"), Ended);
        gate.SetException(new InvalidOperationException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => first)).Message);
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => second)).Message);
        Assert.Equal(("third", false), await flights.RunAsync(1, _ => Task.FromResult("third"), Ended));
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_WaitingOneIsCancelled_TheFirstGoesOn()
    {
        var flights = new SingleFlight<int, string>();
        var gate = new TaskCompletionSource<string>();
        using var leaving = new CancellationTokenSource();
        Task<(string, bool)> first = flights.RunAsync(1, gate.Task.WaitAsync, Ended);
        Task<(string, bool)> second = flights.RunAsync(1, Never, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.SetResult("first");
        Assert.Equal(("first", false), await first);
    }

    [Fact(Timeout = 60_000)]
    public Task RunAsync_CallersCancelledAtRandom_NoneIsStuckAndNoTwoComputeAtOnce() =>
        Gen.Select(Gen.Int[0, 2].Array[1, 12], Gen.Int[0, 11].Array[0, 12]).SampleAsync(async (keys, cancelled) =>
        {
            var flights = new SingleFlight<int, int>();
            var computing = new int[3];
            var gate = new TaskCompletionSource();
            var leaving = keys.Select(_ => new CancellationTokenSource()).ToArray();
            Task<(int Value, bool Shared)>[] all = [.. keys.Select((key, i) => flights.RunAsync(
                key,
                async token =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref computing[key]));
                    try
                    {
                        await gate.Task.WaitAsync(token);
                        return key;
                    }
                    finally
                    {
                        Interlocked.Decrement(ref computing[key]);
                    }
                },
                leaving[i].Token))];
            HashSet<int> gone = [.. cancelled.Select(i => i % keys.Length)];
            foreach (int i in gone)
            {
                await leaving[i].CancelAsync();
            }

            gate.SetResult();
            for (int i = 0; i < all.Length; i++)
            {
                if (gone.Contains(i))
                {
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => all[i]);
                }
                else
                {
                    Assert.Equal(keys[i], (await all[i]).Value);
                }
            }

            Assert.Equal(0, flights.Count);
        });

    private static async Task<string> Never(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return "never";
    }
}
