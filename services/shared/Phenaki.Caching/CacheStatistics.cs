using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Phenaki.Caching;

/// <summary>Counts what the cache does: as metrics, and readable in the process.</summary>
public sealed class CacheStatistics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.Caching";

    private readonly Meter meter;
    private readonly Counter<long> hitCounter;
    private readonly Counter<long> missCounter;
    private readonly Counter<long> failureCounter;
    private readonly ConcurrentDictionary<string, long> hits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Kind, CacheMissReason Reason), long> misses = new();
    private readonly ConcurrentDictionary<(string Operation, CacheFailure Failure), long> failures = new();

    /// <summary>Starts counting at 0.</summary>
    /// <param name="meters">Where the meter is made; null for one that belongs to this object.</param>
    public CacheStatistics(IMeterFactory? meters = null)
    {
        meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        hitCounter = meter.CreateCounter<long>("phenaki.cache.hits", "{value}", "Values found, by entry.");
        missCounter = meter.CreateCounter<long>("phenaki.cache.misses", "{value}", "Values not found, by entry and reason.");
        failureCounter = meter.CreateCounter<long>(
            "phenaki.cache.failures", "{operation}", "Operations that the store did not do, by operation and reason.");
    }

    /// <summary>Values found.</summary>
    public long Hits => hits.Values.Sum();

    /// <summary>Values not found.</summary>
    public long Misses => misses.Values.Sum();

    /// <summary>Operations that the store did not do.</summary>
    public long Failures => failures.Values.Sum();

    /// <summary>Values of a kind (<see cref="CacheEntry{T}.Kind"/>) that were found.</summary>
    public long HitsOf(string kind) => hits.GetValueOrDefault(kind);

    /// <summary>Values of a kind that were not found.</summary>
    public long MissesOf(string kind) => misses.Where(miss => miss.Key.Kind == kind).Sum(miss => miss.Value);

    /// <summary>Values that were not found for a reason.</summary>
    public long MissesBecause(CacheMissReason reason) => misses.Where(miss => miss.Key.Reason == reason).Sum(miss => miss.Value);

    /// <summary>Operations that the store did not do for a reason.</summary>
    public long FailuresBecause(CacheFailure failure) => failures.Where(one => one.Key.Failure == failure).Sum(one => one.Value);

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    internal void Hit(string kind)
    {
        hits.AddOrUpdate(kind, 1, (_, count) => count + 1);
        hitCounter.Add(1, new KeyValuePair<string, object?>("entry", kind));
    }

    internal void Miss(string kind, CacheMissReason reason)
    {
        misses.AddOrUpdate((kind, reason), 1, (_, count) => count + 1);
        missCounter.Add(
            1, new KeyValuePair<string, object?>("entry", kind), new KeyValuePair<string, object?>("reason", reason.ToString()));
    }

    internal void Failure(string operation, CacheFailure failure)
    {
        failures.AddOrUpdate((operation, failure), 1, (_, count) => count + 1);
        failureCounter.Add(
            1, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("reason", failure.ToString()));
    }
}
