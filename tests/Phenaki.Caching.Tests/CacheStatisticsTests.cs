using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Phenaki.Testing;

namespace Phenaki.Caching.Tests;

public sealed class CacheStatisticsTests
{
    [Fact(Timeout = 60_000)]
    public async Task Cache_HitAndMiss_AreCountedByKind()
    {
        await using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        using var hits = new MetricCollector<long>(meters, CacheStatistics.MeterName, "phenaki.cache.hits");
        using var misses = new MetricCollector<long>(meters, CacheStatistics.MeterName, "phenaki.cache.misses");
        using var statistics = new CacheStatistics(meters);
        var cache = new StoryCache(new MemoryCacheStore(TimeProvider.System), new CacheOptions(), statistics, TimeProvider.System, "test", NullLogger<StoryCache>.Instance);
        using var key = new CacheKeyBuilder("clip", 1);
        var entry = TokensEntry.OfClip(key.Build(), 1, 1, 2, 16);
        var cancellation = TestContext.Current.CancellationToken;

        await cache.GetOrComputeAsync(entry, _ => Task.FromResult<int[]>([1, 2]), cancellation);
        await cache.GetOrComputeAsync(entry, _ => Task.FromResult<int[]>([1, 2]), cancellation);

        Assert.Equal("tokens", Assert.Single(hits.GetMeasurementSnapshot()).Tags["kind"]);
        CollectedMeasurement<long> miss = Assert.Single(misses.GetMeasurementSnapshot());
        Assert.Equal(("tokens", "absent"), (miss.Tags["kind"], miss.Tags["reason"]));
    }

    [Fact]
    public async Task StartAtZero_EveryKindOperationAndReason_IsShownAndCountsNothing()
    {
        await using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        using var failures = new MetricCollector<long>(meters, CacheStatistics.MeterName, "phenaki.cache.failures");
        using var statistics = new CacheStatistics(meters);

        statistics.StartAtZero();

        Assert.Equal(4 * Enum.GetValues<CacheFailure>().Length, failures.GetMeasurementSnapshot().Count);
        Assert.All(failures.GetMeasurementSnapshot(), failure => Assert.Equal(0, failure.Value));
        Assert.Equal((0, 0, 0), (statistics.Hits, statistics.Misses, statistics.Failures));
    }
}
