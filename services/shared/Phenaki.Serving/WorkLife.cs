namespace Phenaki.Serving;

/// <summary>What can end work early: its caller, its deadline, the service. One token for all three.</summary>
internal sealed class WorkLife : IDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly CancellationToken caller;
    private readonly CancellationToken stopping;
    private readonly CancellationTokenSource deadline;
    private readonly CancellationTokenSource all;

    public WorkLife(WorkTerms terms, TimeProvider time, CancellationToken caller, CancellationToken stopping)
    {
        this.caller = caller;
        this.stopping = stopping;
        TimeSpan left = terms.Deadline is { } latest ? latest - time.GetUtcNow() : Timeout.InfiniteTimeSpan;
        deadline = terms.Deadline is null || left > LongestTimer
            ? new CancellationTokenSource()
            : new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        all = CancellationTokenSource.CreateLinkedTokenSource(caller, stopping, deadline.Token);
        Token = all.Token;
    }

    public CancellationToken Token { get; }

    public bool IsOver => Token.IsCancellationRequested;

    /// <summary>Why the work ended early.</summary>
    public Exception Reason() =>
        caller.IsCancellationRequested ? new OperationCanceledException(caller)
        : stopping.IsCancellationRequested ? new AdmissionRefusedException(
            new AdmissionRefusal(AdmissionRefusalReason.Draining, TimeSpan.FromSeconds(1), "The service stopped before the work was done."))
        : new TimeoutException("The deadline passed before the work was done.");

    public void Dispose()
    {
        all.Dispose();
        deadline.Dispose();
    }
}
