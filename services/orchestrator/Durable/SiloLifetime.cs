namespace Phenaki.Orchestrator.Durable;

/// <summary>The silo lives as long as the process that has it, and does not listen to signals.</summary>
internal sealed class SiloLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
