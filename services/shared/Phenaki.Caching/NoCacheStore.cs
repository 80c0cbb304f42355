namespace Phenaki.Caching;

/// <summary>The store of a service that is configured without a cache: finds nothing, keeps nothing.</summary>
public sealed class NoCacheStore : ICacheStore
{
    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(CacheKey key, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);

    /// <inheritdoc/>
    public ValueTask SetAsync(CacheKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<LeaseOutcome> TryLeaseAsync(CacheKey key, string owner, TimeSpan duration, CancellationToken cancellationToken) =>
        ValueTask.FromResult(LeaseOutcome.Unavailable);

    /// <inheritdoc/>
    public ValueTask ReleaseLeaseAsync(CacheKey key, string owner, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
