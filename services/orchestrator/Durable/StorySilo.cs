using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// Keeps this process among those that make stories. It starts in the background, since everything else is served without it, begins anew when
/// the others have taken it for dead, and is not there at all where there is no store.
/// </summary>
internal sealed class StorySilo(
    IServiceProvider services, StoryStore store, IOptions<DurableStoryOptions> options, TimeProvider time, ILogger<StorySilo> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private TaskCompletionSource<IGrainFactory> _grains = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The stories; waits some seconds where the process has not joined the others yet.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: there is no store. UNAVAILABLE: the process does not take part yet, or any more.</exception>
    public async Task<IGrainFactory> GrainsAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled || store.Address.Length == 0)
        {
            throw RpcErrors.FailedPrecondition(
                $"Stories are not kept here: the setting {OrchestratorOptions.Section}:{nameof(OrchestratorOptions.Redis)} names no Redis, or {DurableStoryOptions.Section}:{nameof(DurableStoryOptions.Enabled)} is false.",
                "NO_STORY_STORE");
        }

        try
        {
            return await Volatile.Read(ref _grains).Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw RpcErrors.Unavailable("This replica does not have its stories yet; another may.", RetryAfter);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || store.Address.Length == 0)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                DurableStoryLog.NotStarted(logger, RetryAfter, failure.GetBaseException().Message);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var fate = new SiloFate();
        var (host, address) = StorySiloBuilder.Build(services, fate);
        await using var disposal = (IAsyncDisposable)host;
        await host.StartAsync(stoppingToken);
        DurableStoryLog.Started(logger, options.Value.ClusterId, address.ToString());
        _grains.SetResult(host.Services.GetRequiredService<IGrainFactory>());
        try
        {
            DurableStoryLog.DeclaredDead(logger, await fate.Sealed.WaitAsync(stoppingToken));
        }
        finally
        {
            Volatile.Write(ref _grains, new(TaskCreationOptions.RunContinuationsAsynchronously));
            using var limit = new CancellationTokenSource(Farewell, time);
            await host.StopAsync(limit.Token);
        }
    }
}
