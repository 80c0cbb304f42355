using Phenaki.Caching;

namespace Phenaki.Orchestrator;

/// <summary>Shows the load and the counts from the start of the process, not from the first story on: services are scaled by them.</summary>
internal sealed class StoryMetricsStart(StoryMetrics metrics, StoryAdmission admission, CacheStatistics cache) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Serving.Observe(() => admission.Running, admission.Capacity);
        metrics.StartAtZero();
        cache.StartAtZero();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
