using System.Globalization;
using System.Threading.RateLimiting;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>What one key may do at a time and over time.</summary>
internal sealed class ApiKeyGate : IDisposable
{
    // Nobody knows when a story ends; the wait is long enough not to be a burden, and short against a story.
    private static readonly TimeSpan RetryStoryAfter = TimeSpan.FromSeconds(2);

    private readonly ApiKeyEntry _entry;
    private readonly TokenBucketRateLimiter? _rate;
    private readonly ConcurrencyLimiter? _stories;

    public ApiKeyGate(ApiKeyEntry entry)
    {
        _entry = entry;
        if (entry.RequestsPerMinute is { } perMinute)
        {
            _rate = new(new()
            {
                TokenLimit = entry.Burst ?? perMinute,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
                QueueLimit = 0,

                // Filled when it is asked, not by a timer for each key.
                AutoReplenishment = false,
            });
        }

        if (entry.ConcurrentStories is { } stories)
        {
            _stories = new(new() { PermitLimit = stories, QueueLimit = 0 });
        }
    }

    /// <summary>Id of the key.</summary>
    public string Id => _entry.Id;

    /// <summary>Counts a call.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with RetryInfo: too many calls.</exception>
    public void Enter()
    {
        if (_rate is null)
        {
            return;
        }

        _rate.TryReplenish();
        using var lease = _rate.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.Zero ? after : _rate.ReplenishmentPeriod;
            throw RpcErrors.ResourceExhausted(
                string.Create(CultureInfo.InvariantCulture, $"The API key '{Id}' may make {_entry.RequestsPerMinute} calls per minute; ask again later."), wait, "RATE_LIMIT");
        }
    }

    /// <summary>Takes the place of a story, until what is returned is disposed; null where places are not limited.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with RetryInfo: no place is free.</exception>
    public IDisposable? EnterStory()
    {
        var lease = _stories?.AttemptAcquire();
        if (lease is { IsAcquired: false })
        {
            lease.Dispose();
            throw RpcErrors.ResourceExhausted(
                string.Create(CultureInfo.InvariantCulture, $"The API key '{Id}' may have {_entry.ConcurrentStories} stories made at the same time; ask again later."),
                RetryStoryAfter,
                "TOO_MANY_STORIES");
        }

        return lease;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rate?.Dispose();
        _stories?.Dispose();
    }
}
