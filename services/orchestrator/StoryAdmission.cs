using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.Orchestrator;

/// <summary>Lets in as many stories as may be made at the same time, and refuses one more at once.</summary>
internal sealed class StoryAdmission(IOptions<OrchestratorOptions> options) : IDisposable
{
    // Nobody knows when a story ends; the wait is long enough not to be a burden, and short against a story.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrencyLimiter _limiter = new(new() { PermitLimit = options.Value.MaxConcurrentStories, QueueLimit = 0 });

    /// <summary>Most stories at the same time.</summary>
    public int Capacity => options.Value.MaxConcurrentStories;

    /// <summary>Stories that are in.</summary>
    public int Running => Capacity - (int)_limiter.GetStatistics()!.CurrentAvailablePermits;

    /// <summary>Lets a story in, until the lease is disposed.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with RetryInfo: there is no room.</exception>
    public IDisposable Enter()
    {
        var lease = _limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw RpcErrors.ResourceExhausted(
            $"{options.Value.MaxConcurrentStories} stories are being made, as many as are allowed at the same time; ask again later.", RetryAfter);
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
