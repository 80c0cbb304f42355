using System.Threading.Channels;

namespace Phenaki.Serving;

/// <summary>A request in a <see cref="StepScheduler{TWork, TProgress, TResult}"/>; everything but <see cref="Life"/> is touched by one thread at a time.</summary>
internal sealed class StepRow<TWork, TProgress, TResult>(Func<TWork> create, int progressCapacity, AdmissionTicket ticket, WorkLife life)
    where TWork : class, IStepWork<TProgress, TResult>
{
    private readonly Channel<TProgress> progress = Channel.CreateBounded<TProgress>(
        new BoundedChannelOptions(progressCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? result;
    private bool succeeded;
    private Exception? failure;
    private int told;

    public AdmissionTicket Ticket { get; } = ticket;

    public WorkLife Life { get; } = life;

    public StepRun<TProgress, TResult> Handle => new(progress.Reader, completion.Task);

    /// <summary>Null before <see cref="IsReady"/> and after <see cref="Close"/>.</summary>
    public TWork? Work { get; private set; }

    /// <summary>True once nothing is left to do for the row, for good or bad.</summary>
    public bool IsAtEnd => succeeded || failure is not null || Life.IsOver;

    /// <summary>True when <see cref="Work"/> did a step since <see cref="TakeStock"/> was last called.</summary>
    public bool HasStepped => Work is { } work && work.StepsDone > told;

    /// <summary>Makes the work if it is not made yet.</summary>
    /// <returns>True when a step is to be done.</returns>
    public bool IsReady()
    {
        if (IsAtEnd)
        {
            return false;
        }

        Ticket.Begin();
        Try(() => Work ??= create());
        TakeStock();
        return !IsAtEnd;
    }

    /// <summary>Tells of a step that was done, and ends the row if it was the last.</summary>
    public void TakeStock() => Try(() =>
    {
        if (HasStepped)
        {
            told = Work!.StepsDone;
            progress.Writer.TryWrite(Work.Progress());
        }

        if (Work is { IsDone: true } done)
        {
            result = done.Result();
            succeeded = true;
            Ticket.Complete();
        }
    });

    /// <summary>Ends the row; the first reason counts.</summary>
    public void Fail(Exception error) => failure ??= error;

    /// <summary>Disposes the work; on the model's thread if there is any.</summary>
    public void Close()
    {
        Try(() => Work?.Dispose());
        Work = null;
    }

    /// <summary>Tells the caller.</summary>
    public void Report()
    {
        progress.Writer.TryComplete();
        if (failure is not null)
        {
            completion.SetException(failure);
        }
        else if (succeeded)
        {
            completion.SetResult(result!);
        }
        else if (Life.Reason() is OperationCanceledException cancelled)
        {
            completion.SetCanceled(cancelled.CancellationToken);
        }
        else
        {
            completion.SetException(Life.Reason());
        }

        // The caller may have left without looking.
        _ = completion.Task.Exception;
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }
}
