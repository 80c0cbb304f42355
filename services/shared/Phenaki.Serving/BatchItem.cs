namespace Phenaki.Serving;

/// <summary>An item in a <see cref="BatchingQueue{TIn, TOut}"/>. It ends once; who ends it first tells the caller.</summary>
internal sealed class BatchItem<TIn, TOut>(TIn input, long arrived, AdmissionTicket ticket, WorkLife life)
{
    private readonly TaskCompletionSource<TOut> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int ended;

    public TIn Input { get; } = input;

    public long Arrived { get; } = arrived;

    public double Cost => ticket.Cost;

    public WorkLife Life => life;

    public Task<TOut> Task => completion.Task;

    public void Begin() => ticket.Begin();

    public void AddServiceTime(TimeSpan time) => ticket.AddServiceTime(time);

    public void Succeed(TOut output)
    {
        ticket.Complete();
        End(() => completion.SetResult(output));
    }

    public void Fail(Exception error) => End(() => completion.SetException(error));

    public void TakeBack()
    {
        Exception reason = life.Reason();
        End(() =>
        {
            if (reason is OperationCanceledException cancelled)
            {
                completion.SetCanceled(cancelled.CancellationToken);
            }
            else
            {
                completion.SetException(reason);
            }
        });
    }

    private void End(Action report)
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
        {
            ticket.Dispose();
            report();
            life.Dispose();
        }
    }
}
