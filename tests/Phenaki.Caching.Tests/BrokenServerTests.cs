using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Testing;

namespace Phenaki.Caching.Tests;

/// <summary>A server that is away, comes and goes, does not answer, or answers nonsense: always a miss, never an error.</summary>
public sealed class BrokenServerTests : IDisposable
{
    private static readonly CacheKey Key = new(new byte[CacheKey.Length]);

    private readonly CacheStatistics statistics = new();

    // The circuit and the time-out go by a clock that stands still, so that nothing here depends on how fast the machine is.
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose() => statistics.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_ServerStartsLater_MissesUntilTheCircuitClosesAgain()
    {
        await using RedisServerProcess server = RedisServerProcess.NotStarted();
        CacheOptions options = Options(server.Address);
        await using RedisCacheStore store = Store(options, time);
        await OpenTheCircuitAsync(store);
        Assert.True(statistics.FailuresBecause(CacheFailure.NotConnected) >= options.BreakAfter);

        await server.StartAgainAsync(Ended);
        await Eventually.TrueAsync(() => ValueTask.FromResult(store.IsConnected), Ended);
        await ServesAfterTheBreakAsync(store, options);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_ServerStopsAndComesBack_MissesUntilTheCircuitClosesAgain()
    {
        await using RedisServerProcess server = await RedisServerProcess.StartAsync(Ended);
        CacheOptions options = Options(server.Address);
        await using RedisCacheStore store = Store(options, time);
        await store.SetAsync(Key, new byte[] { 1 }, Ended);
        Assert.NotNull(await store.GetAsync(Key, Ended));

        await server.StopAsync();
        await OpenTheCircuitAsync(store);
        long failures = statistics.Failures;
        await store.SetAsync(Key, new byte[] { 1 }, Ended);
        Assert.Equal(LeaseOutcome.Unavailable, await store.TryLeaseAsync(Key, "a", TimeSpan.FromMinutes(1), Ended));
        await store.ReleaseLeaseAsync(Key, "a", Ended);
        Assert.Equal(failures + 3, statistics.Failures);

        await server.StartAgainAsync(Ended);
        await Eventually.TrueAsync(() => ValueTask.FromResult(store.IsConnected), Ended);
        await ServesAfterTheBreakAsync(store, options);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_ServerHoldsStill_TimesOutAndServesAgainWhenItGoesOn()
    {
        await using RedisServerProcess server = await RedisServerProcess.StartAsync(Ended);
        CacheOptions options = Options(server.Address);
        options.BreakDuration = TimeSpan.FromMilliseconds(500);
        await using (RedisCacheStore patient = Store(Options(server.Address), TimeProvider.System))
        {
            await patient.SetAsync(Key, new byte[] { 1 }, Ended);
        }

        options.OperationTimeout = TimeSpan.FromMilliseconds(200);
        await using RedisCacheStore store = Store(options, TimeProvider.System);
        await Eventually.TrueAsync(async () => await store.GetAsync(Key, Ended) is not null, Ended);

        await server.PauseAsync(Ended);
        Assert.Null(await store.GetAsync(Key, Ended));
        Assert.True(statistics.FailuresBecause(CacheFailure.TimedOut) >= 1);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Null(await store.GetAsync(Key, Ended));
                return statistics.FailuresBecause(CacheFailure.CircuitOpen) > 0;
            },
            Ended);

        await server.ResumeAsync(Ended);
        await Eventually.TrueAsync(async () => await store.GetAsync(Key, Ended) is not null, Ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_ServerAnswersNonsense_IsAMiss()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        Task nonsense = AnswerNonsenseAsync(listener, ending.Token);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        CacheOptions options = Options(FormattableString.Invariant($"127.0.0.1:{port}"));
        options.ConnectTimeout = TimeSpan.FromMilliseconds(500);
        await using (RedisCacheStore store = Store(options, TimeProvider.System))
        {
            Assert.Null(await store.GetAsync(Key, Ended));
            Assert.Equal(1, statistics.Failures);
        }

        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => nonsense);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("no-such-host.invalid:6379")]
    [InlineData("127.0.0.1:1")]
    public async Task GetAsync_NobodyAtTheAddress_IsAMiss(string address)
    {
        CacheOptions options = Options(address);
        options.ConnectTimeout = TimeSpan.FromMilliseconds(500);
        await using RedisCacheStore store = Store(options, TimeProvider.System);
        store.StartConnecting();
        Assert.Null(await store.GetAsync(Key, Ended));
        await store.SetAsync(Key, new byte[] { 1 }, Ended);
        Assert.Equal(2, statistics.Failures);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrComputeAsync_ServerStopsWhileComputing_GivesTheValue()
    {
        await using RedisServerProcess server = await RedisServerProcess.StartAsync(Ended);
        CacheOptions options = Options(server.Address);
        await using RedisCacheStore store = Store(options, time);
        var cache = new StoryCache(store, options, statistics, time, "a", NullLogger<StoryCache>.Instance);
        CacheLookup<int[]> found = await cache.GetOrComputeAsync(
            TokensEntry.OfClip(Key, 1, 1, 2, 16),
            async _ =>
            {
                await server.StopAsync();
                return [1, 2];
            },
            Ended);
        Assert.Equal(CacheSource.Computed, found.Source);
        Assert.Equal([1, 2], found.Value);
    }

    [Fact]
    public void Validate_AddressesAndDurations_NamesTheField()
    {
        foreach (CacheOptions wrong in (CacheOptions[])
        [
            new() { Redis = "host:1,nosuchoption=5" },
            new() { TimeToLive = TimeSpan.Zero },
            new() { OperationTimeout = TimeSpan.FromMinutes(2) },
            new() { MaxValueBytes = 0 },
            new() { KeyPrefix = "" },
        ])
        {
            var results = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
            Assert.False(System.ComponentModel.DataAnnotations.Validator.TryValidateObject(wrong, new(wrong), results, true));
            Assert.Single(Assert.Single(results).MemberNames);
        }
    }

    private static CacheOptions Options(string address) => new() { Redis = address, OperationTimeout = TimeSpan.FromSeconds(20) };

    private static async Task AnswerNonsenseAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), cancellationToken);
        }
    }

    private async Task OpenTheCircuitAsync(RedisCacheStore store) =>
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Null(await store.GetAsync(Key, Ended));
                return statistics.FailuresBecause(CacheFailure.CircuitOpen) > 0;
            },
            Ended);

    private async Task ServesAfterTheBreakAsync(RedisCacheStore store, CacheOptions options)
    {
        await store.SetAsync(Key, new byte[] { 2 }, Ended);
        Assert.Null(await store.GetAsync(Key, Ended));
        time.Advance(options.BreakDuration + TimeSpan.FromSeconds(1));
        await store.SetAsync(Key, new byte[] { 2 }, Ended);
        Assert.Equal(2, (await store.GetAsync(Key, Ended))!.Value.Span[0]);
    }

    private RedisCacheStore Store(CacheOptions options, TimeProvider clock) =>
        new(options, statistics, clock, NullLogger<RedisCacheStore>.Instance);
}
