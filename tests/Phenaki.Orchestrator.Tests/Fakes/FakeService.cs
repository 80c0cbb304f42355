using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>What the fakes of the three services have in common: calls are counted, can be made to wait or fail, and are known to have ended.</summary>
internal abstract class FakeService
{
    private int _calls;
    private int _inFlight;

    /// <summary>Calls begun, GetModel not counted.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls that have begun and not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Runs within every call, with its number from 1, and may wait or throw.</summary>
    public Func<int, CallScope, Task> OnCall { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs within every GetModel, and may throw.</summary>
    public Func<CallScope, Task> OnGetModel { get; set; } = _ => Task.CompletedTask;

    /// <summary>Deadline of the last call.</summary>
    public DateTimeOffset? LastDeadline { get; private set; }

    protected async Task<T> CallAsync<T>(CallScope scope, Func<Task<T>> answer)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            LastDeadline = scope.Deadline;
            await OnCall(Interlocked.Increment(ref _calls), scope);
            scope.CancellationToken.ThrowIfCancellationRequested();
            return await answer();
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
