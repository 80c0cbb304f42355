namespace Phenaki.Serving;

/// <summary>
/// Lets several requests share a model step by step: each of up to <see cref="StepSchedulerOptions.MaxActive"/> gets one step in turn,
/// further ones wait in order of arrival. Cancelling, a passed deadline or a stop ends a request before its next step.
/// </summary>
public sealed class StepScheduler : IAsyncDisposable
{
    private readonly ModelThread thread;
    private readonly AdmissionController admission;
    private readonly StepSchedulerOptions options;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly LinkedList<StepRow> waiting = [];
    private int active;
    private bool disposed;

    /// <summary>Puts a scheduler on a model's thread.</summary>
    /// <param name="thread">Where every step runs; outlives the scheduler.</param>
    /// <param name="admission">Bounds the requests, waiting ones included.</param>
    /// <param name="options">Validated settings.</param>
    /// <param name="time">Clock of deadlines and service times.</param>
    public StepScheduler(ModelThread thread, AdmissionController admission, StepSchedulerOptions options, TimeProvider time)
    {
        this.thread = thread;
        this.admission = admission;
        this.options = options;
        this.time = time;
    }

    /// <summary>Requests that wait for a place.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>Requests that advance in turn.</summary>
    public int Active
    {
        get
        {
            lock (gate)
            {
                return active;
            }
        }
    }

    /// <summary>Takes a request on.</summary>
    /// <param name="create">Makes the work, on the model's thread; it is disposed there exactly once, however it ends.</param>
    /// <param name="terms">Cost, in a unit that all requests share, and deadline.</param>
    /// <param name="cancellationToken">Ends the work before its next step.</param>
    /// <exception cref="AdmissionRefusedException">Refused at once; nothing was made.</exception>
    public StepRun<TProgress, TResult> Start<TProgress, TResult>(
        Func<IStepWork<TProgress, TResult>> create, WorkTerms terms, CancellationToken cancellationToken)
    {
        AdmissionTicket ticket = admission.Enter(terms.Cost, terms.Deadline);
        StepRow<TProgress, TResult> row;
        bool begin;
        lock (gate)
        {
            if (disposed)
            {
                ticket.Dispose();
                throw new AdmissionRefusedException(
                    new AdmissionRefusal(AdmissionRefusalReason.Draining, TimeSpan.FromSeconds(1), "The service is stopping."));
            }

            var life = new WorkLife(terms, time, cancellationToken, stopping.Token);
            row = new StepRow<TProgress, TResult>(create, options.ProgressCapacity, ticket, life, time);
            begin = active < options.MaxActive;
            if (begin)
            {
                active++;
            }
            else
            {
                waiting.AddLast(row);
            }
        }

        if (begin)
        {
            Post(row);
        }
        else
        {
            TakeBackWhenOver(row);
        }

        return row.Handle;
    }

    /// <summary>Ends all requests before their next step and waits until their work is disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            disposed = true;
            if (active == 0)
            {
                idle.TrySetResult();
            }
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        await idle.Task.ConfigureAwait(false);
    }

    private void TakeBackWhenOver(StepRow row) => row.Life.Token.Register(() =>
    {
        bool taken;
        lock (gate)
        {
            taken = waiting.Remove(row);
        }

        if (taken)
        {
            End(row);
        }
    });

    private void Post(StepRow row)
    {
        if (!thread.TryPost(() => Advance(row)))
        {
            // The thread has ended before the scheduler: no step can follow.
            stopping.Cancel();
            Leave(row);
        }
    }

    private void Advance(StepRow row)
    {
        if (row.Advance())
        {
            Post(row);
        }
        else
        {
            Leave(row);
        }
    }

    private void Leave(StepRow row)
    {
        row.Close();
        StepRow? next;
        lock (gate)
        {
            next = waiting.First?.Value;
            if (next is null)
            {
                active--;
            }
            else
            {
                waiting.RemoveFirst();
            }
        }

        End(row);
        if (next is not null)
        {
            Post(next);
        }

        lock (gate)
        {
            if (disposed && active == 0)
            {
                idle.TrySetResult();
            }
        }
    }

    /// <summary>Makes room before the caller hears of the end, so that it can come again at once.</summary>
    private static void End(StepRow row)
    {
        row.Ticket.Dispose();
        row.Report();
        row.Life.Dispose();
    }
}
