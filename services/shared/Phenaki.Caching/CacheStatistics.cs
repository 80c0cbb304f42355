using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Phenaki.Caching;

/// <summary>Counts what the cache does: as metrics, and readable in the process.</summary>
public sealed class CacheStatistics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.Caching";

    // Labels are in snake case.
    private static readonly FrozenDictionary<CacheMissReason, string> MissNames = Names<CacheMissReason>();
    private static readonly FrozenDictionary<CacheFailure, string> FailureNames = Names<CacheFailure>();

    private static readonly string[] Kinds = ["prompt", "tokens", "frames", "prefix"];
    private static readonly string[] Operations = ["get", "set", "lease", "release"];

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
        hitCounter = meter.CreateCounter<long>("phenaki.cache.hits", "{value}", "Values found, by kind.");
        missCounter = meter.CreateCounter<long>("phenaki.cache.misses", "{value}", "Values not found, by kind and reason.");
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

    /// <summary>Shows counts that are still 0, so that it is seen when they rise.</summary>
    public void StartAtZero()
    {
        foreach (string kind in Kinds)
        {
            CountHit(0, kind);
            Array.ForEach(Enum.GetValues<CacheMissReason>(), reason => CountMiss(0, kind, reason));
        }

        foreach (string operation in Operations)
        {
            Array.ForEach(Enum.GetValues<CacheFailure>(), failure => CountFailure(0, operation, failure));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    internal void Hit(string kind)
    {
        hits.AddOrUpdate(kind, 1, (_, count) => count + 1);
        CountHit(1, kind);
    }

    internal void Miss(string kind, CacheMissReason reason)
    {
        misses.AddOrUpdate((kind, reason), 1, (_, count) => count + 1);
        CountMiss(1, kind, reason);
    }

    internal void Failure(string operation, CacheFailure failure)
    {
        failures.AddOrUpdate((operation, failure), 1, (_, count) => count + 1);
        CountFailure(1, operation, failure);
    }

    private static FrozenDictionary<T, string> Names<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private void CountHit(long values, string kind) => hitCounter.Add(values, new KeyValuePair<string, object?>("kind", kind));

    private void CountMiss(long values, string kind, CacheMissReason reason) =>
        missCounter.Add(values, new("kind", kind), new KeyValuePair<string, object?>("reason", MissNames[reason]));

    private void CountFailure(long operations, string operation, CacheFailure failure) =>
        failureCounter.Add(operations, new("operation", operation), new KeyValuePair<string, object?>("reason", FailureNames[failure]));
}
