using System.Threading.Channels;

namespace Phenaki.Serving;

/// <summary>A request in a <see cref="StepScheduler"/>; everything but <see cref="Life"/> is touched by one thread at a time.</summary>
internal abstract class StepRow(AdmissionTicket ticket, WorkLife life)
{
    public AdmissionTicket Ticket { get; } = ticket;

    public WorkLife Life { get; } = life;

    /// <summary>Does one step on the model's thread.</summary>
    /// <returns>False when the row is at its end, good or bad.</returns>
    public abstract bool Advance();

    /// <summary>Disposes the work; on the model's thread if there is any.</summary>
    public abstract void Close();

    /// <summary>Tells the caller.</summary>
    public abstract void Report();
}

/// <inheritdoc/>
internal sealed class StepRow<TProgress, TResult>(
    Func<IStepWork<TProgress, TResult>> create, int progressCapacity, AdmissionTicket ticket, WorkLife life, TimeProvider time)
    : StepRow(ticket, life)
{
    private readonly Channel<TProgress> progress = Channel.CreateBounded<TProgress>(
        new BoundedChannelOptions(progressCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IStepWork<TProgress, TResult>? work;
    private TResult? result;
    private bool succeeded;
    private Exception? failure;

    public StepRun<TProgress, TResult> Handle => new(progress.Reader, completion.Task);

    public override bool Advance()
    {
        if (Life.IsOver)
        {
            return false;
        }

        Ticket.Begin();
        long start = time.GetTimestamp();
        try
        {
            work ??= create();
            if (!work.IsDone)
            {
                work.Step();
                progress.Writer.TryWrite(work.Progress());
            }

            if (!work.IsDone)
            {
                return true;
            }

            result = work.Result();
            succeeded = true;
            Ticket.Complete();
        }
        catch (Exception error)
        {
            failure = error;
        }
        finally
        {
            Ticket.AddServiceTime(time.GetElapsedTime(start));
        }

        return false;
    }

    public override void Close()
    {
        try
        {
            work?.Dispose();
        }
        catch (Exception error)
        {
            failure ??= error;
        }
        finally
        {
            work = null;
        }
    }

    public override void Report()
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
}
