using Microsoft.Extensions.Logging;

namespace Phenaki.Caching;

/// <summary>
/// The cache as the story loop sees it: typed entries in, values out. Nothing that happens to the store is an error here.
/// </summary>
public sealed class StoryCache
{
    private readonly ICacheStore store;
    private readonly CacheOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly string replica;
    private readonly SingleFlight<CacheKey, CacheLookup<object>> flights = new();
    private long leases;

    /// <summary>Puts a cache over a store.</summary>
    /// <param name="store">Where the bytes are.</param>
    /// <param name="options">Validated settings.</param>
    /// <param name="statistics">Counts hits and misses.</param>
    /// <param name="time">Clock of the wait for other replicas.</param>
    /// <param name="replica">Name of this process, unique among all that share the store.</param>
    /// <param name="logger">Told of values that were not used.</param>
    public StoryCache(
        ICacheStore store, CacheOptions options, CacheStatistics statistics, TimeProvider time, string replica, ILogger<StoryCache> logger)
    {
        this.store = store;
        this.options = options;
        this.time = time;
        this.replica = replica;
        this.logger = logger;
        Statistics = statistics;
    }

    /// <summary>Hits, misses and failures so far.</summary>
    public CacheStatistics Statistics { get; }

    /// <summary>Looks a value up.</summary>
    /// <returns>The value, or null when the store has none that is whole and fits the entry.</returns>
    public async ValueTask<T?> GetAsync<T>(CacheEntry<T> entry, CancellationToken cancellationToken)
        where T : class
    {
        (T? value, CacheMissReason? miss) = await ReadAsync(entry, cancellationToken).ConfigureAwait(false);
        Count(entry.Kind, miss);
        return value;
    }

    /// <summary>Stores a value, if the store will have it.</summary>
    /// <exception cref="ArgumentException">The value is not what the entry holds: a bug, or a service that breaks its contract.</exception>
    public ValueTask SetAsync<T>(CacheEntry<T> entry, T value, CancellationToken cancellationToken)
        where T : class =>
        store.SetAsync(entry.Key, entry.ToStored(value).Encode(), cancellationToken);

    /// <summary>Looks a value up and otherwise computes and stores it, once for all that ask at the same time.</summary>
    /// <remarks>
    /// In this process exactly one caller computes. Other replicas wait for it up to <see cref="CacheOptions.LeaseDuration"/> and then
    /// compute for themselves: the value is the same whoever computes it.
    /// </remarks>
    /// <param name="entry">The value's place.</param>
    /// <param name="compute">Computes the value.</param>
    /// <param name="cancellationToken">Ends this caller's part only.</param>
    public async Task<CacheLookup<T>> GetOrComputeAsync<T>(
        CacheEntry<T> entry, Func<CancellationToken, Task<T>> compute, CancellationToken cancellationToken)
        where T : class
    {
        ((object value, CacheSource source), bool shared) = await flights.RunAsync(
            entry.Key,
            async token =>
            {
                CacheLookup<T> found = await FindOrComputeAsync(entry, compute, token).ConfigureAwait(false);
                return new CacheLookup<object>(found.Value, found.Source);
            },
            cancellationToken).ConfigureAwait(false);
        return new CacheLookup<T>((T)value, shared && source == CacheSource.Computed ? CacheSource.SharedFlight : source);
    }

    private async Task<CacheLookup<T>> FindOrComputeAsync<T>(
        CacheEntry<T> entry, Func<CancellationToken, Task<T>> compute, CancellationToken cancellationToken)
        where T : class
    {
        if (await GetAsync(entry, cancellationToken).ConfigureAwait(false) is { } present)
        {
            return new CacheLookup<T>(present, CacheSource.Cache);
        }

        string owner = $"{replica}/{Interlocked.Increment(ref leases)}";
        long start = time.GetTimestamp();
        LeaseOutcome lease;
        while ((lease = await store.TryLeaseAsync(entry.Key, owner, options.LeaseDuration, cancellationToken).ConfigureAwait(false))
            == LeaseOutcome.HeldElsewhere && time.GetElapsedTime(start) < options.LeaseDuration)
        {
            await Task.Delay(options.LeasePollInterval, time, cancellationToken).ConfigureAwait(false);

            // Only a find is counted: the miss was counted once, before the wait.
            if ((await ReadAsync(entry, cancellationToken).ConfigureAwait(false)).Value is { } appeared)
            {
                Count(entry.Kind, null);
                return new CacheLookup<T>(appeared, CacheSource.Cache);
            }
        }

        try
        {
            // Another may have stored the value, and given its lease back, between the last look and now.
            if (lease == LeaseOutcome.Taken
                && (await ReadAsync(entry, cancellationToken).ConfigureAwait(false)).Value is { } late)
            {
                Count(entry.Kind, null);
                return new CacheLookup<T>(late, CacheSource.Cache);
            }

            T value = await compute(cancellationToken).ConfigureAwait(false);
            await SetAsync(entry, value, cancellationToken).ConfigureAwait(false);
            return new CacheLookup<T>(value, CacheSource.Computed);
        }
        finally
        {
            if (lease == LeaseOutcome.Taken)
            {
                // Also after a cancellation: others would wait for nothing. The store's own time-out bounds it.
                await store.ReleaseLeaseAsync(entry.Key, owner, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<(T? Value, CacheMissReason? Miss)> ReadAsync<T>(CacheEntry<T> entry, CancellationToken cancellationToken)
        where T : class
    {
        if (await store.GetAsync(entry.Key, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return (null, CacheMissReason.Absent);
        }

        if (CacheValue.TryDecode(stored, out CacheValue? whole) is { } broken)
        {
            return (null, broken);
        }

        if (whole!.Fingerprint != entry.Key)
        {
            return (null, CacheMissReason.Fingerprint);
        }

        CacheMissReason? miss = entry.FromStored(whole, out T? value);
        return (value, miss);
    }

    private void Count(string kind, CacheMissReason? miss)
    {
        if (miss is not { } reason)
        {
            Statistics.Hit(kind);
            return;
        }

        Statistics.Miss(kind, reason);
        if (reason != CacheMissReason.Absent)
        {
            logger.ValueRefused(kind, reason);
        }
    }
}
