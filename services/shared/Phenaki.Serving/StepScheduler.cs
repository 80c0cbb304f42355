namespace Phenaki.Serving;

/// <summary>
/// Continuous batching at the level of steps: up to <see cref="StepSchedulerOptions.MaxActive"/> requests do a step together, each one of its own; further ones
/// wait, and join before the next step as soon as there is a place. A request leaves when it is done; cancelling, a passed deadline or a stop ends it before
/// its next step.
/// </summary>
/// <typeparam name="TWork">The work of a request.</typeparam>
/// <typeparam name="TProgress">What there is to tell after a step.</typeparam>
/// <typeparam name="TResult">What there is in the end.</typeparam>
public sealed class StepScheduler<TWork, TProgress, TResult> : IAsyncDisposable
    where TWork : class, IStepWork<TProgress, TResult>
{
    private readonly ModelThread thread;
    private readonly AdmissionController admission;
    private readonly StepSchedulerOptions options;
    private readonly Action<IReadOnlyList<TWork>> step;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly WaitingLine<StepRow<TWork, TProgress, TResult>> waiting;
    private readonly List<StepRow<TWork, TProgress, TResult>> active = [];
    private bool turning;
    private bool disposed;

    /// <summary>Puts a scheduler on a model's thread.</summary>
    /// <param name="thread">Where every step runs; outlives the scheduler.</param>
    /// <param name="admission">Bounds the requests, waiting ones included.</param>
    /// <param name="options">Validated settings.</param>
    /// <param name="step">
    /// Has each of several works do one step. What becomes of one must not depend on the others. When it throws, those that have not done their step are
    /// asked again one by one, so that one bad request harms no other.
    /// </param>
    /// <param name="time">Clock of deadlines and service times.</param>
    public StepScheduler(
        ModelThread thread, AdmissionController admission, StepSchedulerOptions options, Action<IReadOnlyList<TWork>> step, TimeProvider time)
    {
        this.thread = thread;
        this.admission = admission;
        this.options = options;
        this.step = step;
        this.time = time;
        waiting = new(options.InteractiveInARow);
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

    /// <summary>Requests that advance together.</summary>
    public int Active
    {
        get
        {
            lock (gate)
            {
                return active.Count;
            }
        }
    }

    /// <summary>Takes a request on.</summary>
    /// <param name="create">Makes the work, on the model's thread; it is disposed there exactly once, however it ends.</param>
    /// <param name="terms">Cost, in a unit that all requests share, deadline, priority.</param>
    /// <param name="cancellationToken">Ends the work before its next step.</param>
    /// <exception cref="AdmissionRefusedException">Refused at once; nothing was made.</exception>
    public StepRun<TProgress, TResult> Start(Func<TWork> create, WorkTerms terms, CancellationToken cancellationToken)
    {
        AdmissionTicket ticket = admission.Enter(terms.Cost, terms.Deadline);
        StepRow<TWork, TProgress, TResult> row;
        LinkedListNode<StepRow<TWork, TProgress, TResult>>? place = null;
        bool begin = false;
        lock (gate)
        {
            if (disposed)
            {
                ticket.Dispose();
                throw new AdmissionRefusedException(
                    new AdmissionRefusal(AdmissionRefusalReason.Draining, TimeSpan.FromSeconds(1), "The service is stopping."));
            }

            row = new(create, options.ProgressCapacity, ticket, new WorkLife(terms, time, cancellationToken, stopping.Token));
            if (active.Count < options.MaxActive)
            {
                active.Add(row);
                begin = !turning;
                turning = true;
            }
            else
            {
                place = waiting.Add(row, terms.Priority);
            }
        }

        if (begin)
        {
            PostTurn();
        }

        if (place is not null)
        {
            TakeBackWhenOver(place);
        }

        return row.Handle;
    }

    /// <summary>Ends all requests before their next step and waits until their work is disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            disposed = true;
            if (active.Count == 0)
            {
                idle.TrySetResult();
            }
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        await idle.Task.ConfigureAwait(false);
    }

    private void TakeBackWhenOver(LinkedListNode<StepRow<TWork, TProgress, TResult>> place) => place.Value.Life.Token.Register(() =>
    {
        bool taken;
        lock (gate)
        {
            taken = WaitingLine<StepRow<TWork, TProgress, TResult>>.Leave(place);
        }

        if (taken)
        {
            End(place.Value);
        }
    });

    // Whoever sets "turning" posts; until it is cleared nobody else touches the active rows.
    private void PostTurn()
    {
        if (!thread.TryPost(Turn))
        {
            // The thread has ended before the scheduler: no step can follow.
            stopping.Cancel();
            while (LeaveAll())
            {
            }
        }
    }

    private void Turn()
    {
        List<StepRow<TWork, TProgress, TResult>> rows;
        lock (gate)
        {
            rows = [.. active];
        }

        long start = time.GetTimestamp();
        var stepping = rows.FindAll(row => row.IsReady());
        Step(stepping);
        stepping.ForEach(row => row.TakeStock());
        TimeSpan share = time.GetElapsedTime(start) / Math.Max(1, stepping.Count);
        stepping.ForEach(row => row.Ticket.AddServiceTime(share));
        if (LeaveAll())
        {
            PostTurn();
        }
    }

    private void Step(List<StepRow<TWork, TProgress, TResult>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            step(rows.ConvertAll(row => row.Work!));
        }
        catch (Exception error)
        {
            if (rows.Count == 1)
            {
                rows[0].Fail(error);
            }
            else
            {
                rows.FindAll(row => !row.HasStepped).ForEach(row => Step([row]));
            }
        }
    }

    // Lets those go that are at their end, and those in that wait.
    // Returns whether another turn is due; if not, the right to turn is given back.
    private bool LeaveAll()
    {
        List<StepRow<TWork, TProgress, TResult>> leaving;
        lock (gate)
        {
            leaving = active.FindAll(row => row.IsAtEnd);
        }

        foreach (var row in leaving)
        {
            row.Close();
            lock (gate)
            {
                active.Remove(row);
                if (waiting.TryTake(out var next))
                {
                    active.Add(next);
                }
            }

            End(row);
        }

        lock (gate)
        {
            turning = active.Count > 0;
            if (disposed && !turning)
            {
                idle.TrySetResult();
            }

            return turning;
        }
    }

    /// <summary>Makes room before the caller hears of the end, so that it can come again at once.</summary>
    private static void End(StepRow<TWork, TProgress, TResult> row)
    {
        row.Ticket.Dispose();
        row.Report();
        row.Life.Dispose();
    }
}
