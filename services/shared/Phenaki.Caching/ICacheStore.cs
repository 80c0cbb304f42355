namespace Phenaki.Caching;

/// <summary>
/// Bytes by key. A store that is down, slow or full finds nothing and keeps nothing; the only exception that leaves it is the caller's own
/// cancellation.
/// </summary>
public interface ICacheStore
{
    /// <summary>The stored bytes, or null.</summary>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Stores bytes for as long as the store keeps them.</summary>
    ValueTask SetAsync(CacheKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Announces to other replicas that this one computes the value.</summary>
    /// <param name="key">Key of the value.</param>
    /// <param name="owner">Unique among all holders.</param>
    /// <param name="duration">After this long the lease ends by itself.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    ValueTask<LeaseOutcome> TryLeaseAsync(CacheKey key, string owner, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Ends a lease, if <paramref name="owner"/> still holds it.</summary>
    ValueTask ReleaseLeaseAsync(CacheKey key, string owner, CancellationToken cancellationToken);
}
