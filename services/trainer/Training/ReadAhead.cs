namespace Phenaki.Trainer.Training;

/// <summary>Reads the data of the next step while a step is done.</summary>
internal sealed class ReadAhead(ITrainable trainable, long steps, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private Task? _next;

    /// <summary>Waits until a step is read, and begins to read the one behind it.</summary>
    /// <param name="step">Number of the step; steps come one after the other.</param>
    /// <returns>False when the run was cancelled meanwhile.</returns>
    public async Task<bool> ReachAsync(long step)
    {
        try
        {
            await (_next ?? trainable.ReadAsync(step, _stop.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        _next = step + 1 < steps ? Task.Run(() => trainable.ReadAsync(step + 1, _stop.Token), _stop.Token) : Task.CompletedTask;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await (_next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
