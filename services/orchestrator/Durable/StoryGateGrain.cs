using Microsoft.Extensions.Options;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// Hands out places. Who holds one is written down, so that none is given twice when the process ends; who waits asks again by itself.
/// </summary>
internal sealed class StoryGateGrain(
    [PersistentState("gate", StorySiloBuilder.Storage)] IPersistentState<StoryGateRecord> record,
    IOptions<DurableStoryOptions> options,
    TimeProvider time) : Grain, IStoryGateGrain, IDisposable
{
    private readonly StoryPlaces _places = new(
        options.Value.MaxRunning, options.Value.MaxWaiting, options.Value.MaxWaitingPerKey, options.Value.PlaceTimeout);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TimeSpan Patience => options.Value.PlaceTimeout / 4;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        record.State.Held.ForEach(ticket => _places.Restore(ticket, time.GetUtcNow()));
        this.RegisterGrainTimer(
            _ => SettleAsync(), new GrainTimerCreationOptions { DueTime = Patience, Period = Patience, Interleave = true });
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> EnterAsync(StoryTicket ticket)
    {
        var isIn = _places.TryEnter(ticket, time.GetUtcNow());
        await SettleAsync();
        return isIn;
    }

    /// <inheritdoc/>
    public async Task<bool> AskAsync(StoryTicket ticket)
    {
        using var late = new CancellationTokenSource(Patience, time);
        _places.Hear(ticket, time.GetUtcNow());
        await SettleAsync();
        while (!_places.Holds(ticket.Id) && !late.IsCancellationRequested)
        {
            await _change.Task.WaitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return _places.Holds(ticket.Id);
    }

    /// <inheritdoc/>
    public Task LeaveAsync(string id)
    {
        _places.Leave(id);
        return SettleAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private async Task SettleAsync()
    {
        _places.Settle(time.GetUtcNow());
        await _writing.WaitAsync();
        try
        {
            var held = _places.Held.ToList();
            if (!held.Select(ticket => ticket.Id).ToHashSet().SetEquals(record.State.Held.Select(ticket => ticket.Id)))
            {
                record.State.Held = held;
                await record.WriteStateAsync();
            }
        }
        catch
        {
            // Somebody else hands out places, or nothing can be written down now: whoever asks next finds a gate that begins anew.
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            _writing.Release();
        }

        var before = _change;
        _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }
}
