using System.Collections.Concurrent;
using Phenaki.Caching;

namespace Phenaki.Testing;

/// <summary>A store in memory, for tests: holds everything, can be switched off, lets a test look at and damage what it holds.</summary>
/// <param name="time">Clock by which leases end.</param>
public sealed class MemoryCacheStore(TimeProvider time) : ICacheStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<CacheKey, (string Owner, DateTimeOffset Until)> leases = [];

    /// <summary>What is stored; writable.</summary>
    public ConcurrentDictionary<CacheKey, byte[]> Values { get; } = new();

    /// <summary>True to find and keep nothing, as a store that is down.</summary>
    public bool IsDown { get; set; }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(CacheKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(!IsDown && Values.TryGetValue(key, out byte[]? value) ? value : default(ReadOnlyMemory<byte>?));
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(CacheKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsDown)
        {
            Values[key] = value.ToArray();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<LeaseOutcome> TryLeaseAsync(CacheKey key, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (IsDown)
            {
                return ValueTask.FromResult(LeaseOutcome.Unavailable);
            }

            if (leases.TryGetValue(key, out (string Owner, DateTimeOffset Until) held) && held.Until > now)
            {
                return ValueTask.FromResult(LeaseOutcome.HeldElsewhere);
            }

            leases[key] = (owner, now + duration);
            return ValueTask.FromResult(LeaseOutcome.Taken);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReleaseLeaseAsync(CacheKey key, string owner, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (leases.TryGetValue(key, out (string Owner, DateTimeOffset Until) held) && held.Owner == owner)
            {
                leases.Remove(key);
            }
        }

        return ValueTask.CompletedTask;
    }
}
