using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Testing;

namespace Phenaki.Caching.Tests;

public sealed class StoryCacheTests : IDisposable
{
    private static readonly TokensEntry Entry = TokensEntry.OfClip(new CacheKey(new byte[CacheKey.Length]), 1, 1, 3, 16);

    private readonly FakeTimeProvider time = new();
    private readonly MemoryCacheStore store;
    private readonly CacheStatistics statistics = new();
    private readonly CacheOptions options = new();
    private int computed;

    public StoryCacheTests() => store = new MemoryCacheStore(time);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose() => statistics.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_Twice_ComputesOnce()
    {
        StoryCache cache = Replica("a");
        Assert.Equal(CacheSource.Computed, (await cache.GetOrComputeAsync(Entry, Compute, Ended)).Source);
        CacheLookup<int[]> again = await cache.GetOrComputeAsync(Entry, Compute, Ended);
        Assert.Equal(CacheSource.Cache, again.Source);
        Assert.Equal([1, 2, 3], again.Value);
        Assert.Equal(1, computed);
        Assert.Equal((1, 1), (statistics.HitsOf("tokens"), statistics.MissesOf("tokens")));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_AtTheSameTime_IsOneFlight()
    {
        StoryCache cache = Replica("a");
        var gate = new TaskCompletionSource();
        Task<CacheLookup<int[]>> first = cache.GetOrComputeAsync(Entry, token => ComputeAfter(gate.Task, token), Ended);
        Task<CacheLookup<int[]>> second = cache.GetOrComputeAsync(Entry, token => ComputeAfter(gate.Task, token), Ended);
        gate.SetResult();
        Assert.Equal(CacheSource.Computed, (await first).Source);
        Assert.Equal(CacheSource.SharedFlight, (await second).Source);
        Assert.Equal(1, computed);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_StoreIsDown_ComputesEachTime()
    {
        store.IsDown = true;
        StoryCache cache = Replica("a");
        await cache.GetOrComputeAsync(Entry, Compute, Ended);
        await cache.GetOrComputeAsync(Entry, Compute, Ended);
        Assert.Equal(2, computed);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_AnotherReplicaComputes_WaitsForItsValue()
    {
        var gate = new TaskCompletionSource();
        Task<CacheLookup<int[]>> first = Replica("a").GetOrComputeAsync(Entry, token => ComputeAfter(gate.Task, token), Ended);
        Task<CacheLookup<int[]>> second = Replica("b").GetOrComputeAsync(Entry, Compute, Ended);
        time.Advance(options.LeaseDuration / 2);
        Assert.False(second.IsCompleted);
        gate.SetResult();
        await first;
        Assert.Equal(CacheSource.Cache, (await AdvanceUntilAsync(second)).Source);
        Assert.Equal(1, computed);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_AnotherReplicaIsGone_ComputesAfterTheLease()
    {
        await store.TryLeaseAsync(Entry.Key, "gone", options.LeaseDuration, Ended);
        DateTimeOffset start = time.GetUtcNow();
        CacheLookup<int[]> found = await AdvanceUntilAsync(Replica("b").GetOrComputeAsync(Entry, Compute, Ended));
        Assert.Equal(CacheSource.Computed, found.Source);
        Assert.InRange(time.GetUtcNow() - start, options.LeaseDuration, 2 * options.LeaseDuration);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_AnotherReplicaRenewsForEver_ComputesItselfAfterABoundedWait()
    {
        await store.TryLeaseAsync(Entry.Key, "slow", TimeSpan.FromDays(1), Ended);
        CacheLookup<int[]> found = await AdvanceUntilAsync(Replica("b").GetOrComputeAsync(Entry, Compute, Ended));
        Assert.Equal(CacheSource.Computed, found.Source);
        Assert.Equal(LeaseOutcome.HeldElsewhere, await store.TryLeaseAsync(Entry.Key, "c", TimeSpan.FromDays(1), Ended));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_ComputingFailsOrIsCancelled_GivesTheLeaseBack()
    {
        using var leaving = new CancellationTokenSource();
        Task<CacheLookup<int[]>> cancelled = Replica("a").GetOrComputeAsync(
            Entry, token => ComputeAfter(Task.Delay(Timeout.InfiniteTimeSpan, time, token), token), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Replica("a").GetOrComputeAsync(Entry, _ => throw new InvalidOperationException(), Ended));
        Assert.Equal(LeaseOutcome.Taken, await store.TryLeaseAsync(Entry.Key, "b", options.LeaseDuration, Ended));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_ValueOfAnotherKey_IsAMiss()
    {
        StoryCache cache = Replica("a");
        await cache.SetAsync(Entry, [1, 2, 3], Ended);
        TokensEntry other = TokensEntry.OfPrefix(new CacheKey(new byte[CacheKey.Length]), 1, 1, 3, 16);
        store.Values[other.Key] = store.Values[Entry.Key];
        Assert.Null(await cache.GetAsync(other, Ended));
        Assert.Equal(1, statistics.MissesBecause(CacheMissReason.Fingerprint));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0, CacheMissReason.Damaged)]
    [InlineData(4, CacheMissReason.Version)]
    [InlineData(70, CacheMissReason.Checksum)]
    public async Task GetOrComputeAsync_DamagedValue_IsComputedAndReplaced(int at, CacheMissReason reason)
    {
        StoryCache cache = Replica("a");
        await cache.SetAsync(Entry, [1, 2, 3], Ended);
        store.Values[Entry.Key][at] ^= 1;
        Assert.Equal(CacheSource.Computed, (await cache.GetOrComputeAsync(Entry, Compute, Ended)).Source);
        Assert.Equal(1, statistics.MissesBecause(reason));
        int[]? read = await cache.GetAsync(Entry, Ended);
        Assert.Equal([1, 2, 3], read!);
    }

    private StoryCache Replica(string name) => new(store, options, statistics, time, name, NullLogger<StoryCache>.Instance);

    private Task<int[]> Compute(CancellationToken cancellationToken) => ComputeAfter(Task.CompletedTask, cancellationToken);

    private async Task<int[]> ComputeAfter(Task gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        Interlocked.Increment(ref computed);
        return [1, 2, 3];
    }

    /// <summary>Lets time pass in small pieces for as long as the task waits for it.</summary>
    private async Task<T> AdvanceUntilAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            time.Advance(options.LeasePollInterval);
            await Task.Yield();
            Ended.ThrowIfCancellationRequested();
        }

        return await task;
    }
}
