using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Phenaki.Caching.Tests;

/// <summary>What a store does on every server that speaks Redis' protocol.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private protected static readonly CacheKey Key = new(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());

    private protected static CancellationToken Ended => TestContext.Current.CancellationToken;

    private protected CacheStatistics Statistics { get; } = new();

    private protected string Address { get; private set; } = "";

    public async ValueTask InitializeAsync() => Address = await StartServerAsync();

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        Statistics.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_AfterSet_GivesTheBytesForTheTimeToLive()
    {
        await using RedisCacheStore store = Store();
        Assert.Null(await store.GetAsync(Key, Ended));
        byte[] large = new byte[4 * 1024 * 1024];
        large[^1] = 7;
        await store.SetAsync(Key, large, Ended);
        Assert.True((await store.GetAsync(Key, Ended))!.Value.Span.SequenceEqual(large));
        await using ConnectionMultiplexer raw = await ConnectionMultiplexer.ConnectAsync(Address);
        TimeSpan? left = await raw.GetDatabase().KeyTimeToLiveAsync($"phenaki:v1:{Key}");
        Assert.InRange(left!.Value, TimeSpan.FromDays(6), TimeSpan.FromDays(7));
        Assert.Equal(0, Statistics.Failures);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_EmptyValue_IsNotAbsent()
    {
        await using RedisCacheStore store = Store();
        await store.SetAsync(Key, ReadOnlyMemory<byte>.Empty, Ended);
        Assert.Equal(0, (await store.GetAsync(Key, Ended))!.Value.Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task TryLeaseAsync_HeldByAnother_WaitsForItsRelease()
    {
        await using RedisCacheStore store = Store();
        await using RedisCacheStore other = Store();
        TimeSpan duration = TimeSpan.FromMinutes(1);
        Assert.Equal(LeaseOutcome.Taken, await store.TryLeaseAsync(Key, "a", duration, Ended));
        Assert.Equal(LeaseOutcome.HeldElsewhere, await other.TryLeaseAsync(Key, "b", duration, Ended));
        await other.ReleaseLeaseAsync(Key, "b", Ended);
        Assert.Equal(LeaseOutcome.HeldElsewhere, await other.TryLeaseAsync(Key, "b", duration, Ended));
        await store.ReleaseLeaseAsync(Key, "a", Ended);
        Assert.Equal(LeaseOutcome.Taken, await other.TryLeaseAsync(Key, "b", duration, Ended));
        Assert.Equal(0, Statistics.Failures);
    }

    [Fact(Timeout = 60_000)]
    public async Task TryLeaseAsync_HolderIsGone_EndsWithItsDuration()
    {
        await using RedisCacheStore store = Store();
        Assert.Equal(LeaseOutcome.Taken, await store.TryLeaseAsync(Key, "gone", TimeSpan.FromMilliseconds(100), Ended));
        await Testing.Eventually.TrueAsync(
            async () => await store.TryLeaseAsync(Key, "b", TimeSpan.FromMinutes(1), Ended) == LeaseOutcome.Taken, Ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_KeyOfAnotherType_IsAMissAndLeavesTheCircuitClosed()
    {
        await using RedisCacheStore store = Store();
        await using ConnectionMultiplexer raw = await ConnectionMultiplexer.ConnectAsync(Address);
        await raw.GetDatabase().ListLeftPushAsync($"phenaki:v1:{Key}", "x");
        for (int i = 0; i < 10; i++)
        {
            Assert.Null(await store.GetAsync(Key, Ended));
        }

        Assert.Equal(10, Statistics.FailuresBecause(CacheFailure.ServerError));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_DamagedInTheStore_ComputesAndReplaces()
    {
        await using RedisCacheStore store = Store();
        var cache = new StoryCache(store, Options(), Statistics, TimeProvider.System, "a", NullLogger<StoryCache>.Instance);
        TokensEntry entry = TokensEntry.OfClip(Key, 1, 1, 3, 16);
        await cache.SetAsync(entry, [1, 2, 3], Ended);
        await using ConnectionMultiplexer raw = await ConnectionMultiplexer.ConnectAsync(Address);
        await raw.GetDatabase().StringSetRangeAsync($"phenaki:v1:{entry.Key}", 65, "damage");
        Assert.Equal(CacheSource.Computed, (await cache.GetOrComputeAsync(entry, _ => Task.FromResult<int[]>([1, 2, 3]), Ended)).Source);
        Assert.Equal(CacheSource.Cache, (await cache.GetOrComputeAsync(entry, _ => Task.FromResult<int[]>([4, 5, 6]), Ended)).Source);
    }

    [Fact(Timeout = 60_000)]
    public async Task AnyOperation_CallerIsGone_IsCancelled()
    {
        await using RedisCacheStore store = Store();
        var gone = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync(Key, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.SetAsync(Key, new byte[1], gone));
        Assert.Equal(0, Statistics.Failures);
    }

    private protected abstract Task<string> StartServerAsync();

    private protected abstract Task StopServerAsync();

    private protected CacheOptions Options() => new() { Redis = Address, OperationTimeout = TimeSpan.FromSeconds(20) };

    private protected RedisCacheStore Store(CacheOptions? options = null, TimeProvider? time = null) =>
        new(options ?? Options(), Statistics, time ?? TimeProvider.System, NullLogger<RedisCacheStore>.Instance);
}
