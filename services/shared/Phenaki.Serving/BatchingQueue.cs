namespace Phenaki.Serving;

/// <summary>
/// Gathers items that arrive close together and gives them to the model as one batch, in order of arrival, on the model's thread. A
/// batch that fails is run again item by item, so that one bad item harms no other.
/// </summary>
/// <typeparam name="TIn">An item.</typeparam>
/// <typeparam name="TOut">What the model makes of it.</typeparam>
public sealed class BatchingQueue<TIn, TOut> : IAsyncDisposable
{
    private readonly ModelThread thread;
    private readonly AdmissionController admission;
    private readonly BatchingOptions options;
    private readonly Func<IReadOnlyList<TIn>, IReadOnlyList<TOut>> run;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly LinkedList<BatchItem<TIn, TOut>> pending = [];
    private double pendingCost;
    private bool posted;
    private bool threadEnded;

    /// <summary>Puts a queue on a model's thread.</summary>
    /// <param name="thread">Where every batch runs; outlives the queue.</param>
    /// <param name="admission">Bounds the items, waiting ones included.</param>
    /// <param name="options">Validated settings.</param>
    /// <param name="run">The model: as many results as items, in their order. What an item becomes must not depend on its neighbours.</param>
    /// <param name="time">Clock of waits, deadlines and service times.</param>
    public BatchingQueue(
        ModelThread thread,
        AdmissionController admission,
        BatchingOptions options,
        Func<IReadOnlyList<TIn>, IReadOnlyList<TOut>> run,
        TimeProvider time)
    {
        this.thread = thread;
        this.admission = admission;
        this.options = options;
        this.run = run;
        this.time = time;
        timer = time.CreateTimer(_ => PostBatch(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Items that wait for a batch.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return pending.Count;
            }
        }
    }

    /// <summary>Has an item run.</summary>
    /// <param name="item">The item.</param>
    /// <param name="terms">Cost, in the unit of <see cref="BatchingOptions.MaxBatchCost"/>, and deadline.</param>
    /// <param name="cancellationToken">Takes the item back; if its batch is running, the result is dropped.</param>
    /// <exception cref="AdmissionRefusedException">Refused at once, or the service stopped before the item was run.</exception>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public Task<TOut> RunAsync(TIn item, WorkTerms terms, CancellationToken cancellationToken)
    {
        AdmissionTicket ticket = admission.Enter(terms.Cost, terms.Deadline);
        var entry = new BatchItem<TIn, TOut>(
            item, time.GetTimestamp(), ticket, new WorkLife(terms, time, cancellationToken, stopping.Token));
        LinkedListNode<BatchItem<TIn, TOut>> node;
        lock (gate)
        {
            node = pending.AddLast(entry);
            pendingCost += entry.Cost;
            Arm();
        }

        StopWithThread();
        entry.Life.Token.Register(() =>
        {
            lock (gate)
            {
                Remove(node);
            }

            entry.TakeBack();
        });
        return entry.Task;
    }

    /// <summary>Ends the items that wait and lets the batch that is running finish.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await timer.DisposeAsync().ConfigureAwait(false);
    }

    private bool IsFull => pendingCost >= options.MaxBatchCost || pending.Count >= options.MaxBatchItems;

    private void Remove(LinkedListNode<BatchItem<TIn, TOut>> node)
    {
        if (node.List is not null)
        {
            pending.Remove(node);
            pendingCost -= node.Value.Cost;
        }
    }

    /// <summary>Sees to it, under the lock, that what is pending is run in time.</summary>
    private void Arm()
    {
        if (posted || pending.First is not { } oldest)
        {
            return;
        }

        TimeSpan wait = options.MaxWait - time.GetElapsedTime(oldest.Value.Arrived);
        if (IsFull || wait <= TimeSpan.Zero)
        {
            Post();
        }
        else
        {
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void PostBatch()
    {
        lock (gate)
        {
            if (!posted && pending.Count > 0)
            {
                Post();
            }
        }

        StopWithThread();
    }

    private void Post()
    {
        posted = thread.TryPost(RunBatch);
        threadEnded |= !posted;
    }

    /// <summary>Ends what waits for a thread that is no more; never under the lock, as each item's end takes it.</summary>
    private void StopWithThread()
    {
        if (Volatile.Read(ref threadEnded))
        {
            stopping.Cancel();
        }
    }

    private void RunBatch()
    {
        var batch = new List<BatchItem<TIn, TOut>>();
        lock (gate)
        {
            double cost = 0;
            while (pending.First is { } node && batch.Count < options.MaxBatchItems
                && (batch.Count == 0 || cost + node.Value.Cost <= options.MaxBatchCost))
            {
                Remove(node);
                batch.Add(node.Value);
                cost += node.Value.Cost;
            }

            posted = false;
            Arm();
        }

        StopWithThread();

        if (batch.Count > 0)
        {
            Run(batch);
        }
    }

    private void Run(List<BatchItem<TIn, TOut>> batch)
    {
        IReadOnlyList<TOut> outputs;
        batch.ForEach(item => item.Begin());
        long start = time.GetTimestamp();
        try
        {
            outputs = run(batch.ConvertAll(item => item.Input));
            if (outputs.Count != batch.Count)
            {
                throw new InvalidOperationException($"The model gave {outputs.Count} results for {batch.Count} items.");
            }
        }
        catch (Exception error)
        {
            if (batch.Count == 1)
            {
                batch[0].Fail(error);
            }
            else
            {
                batch.ForEach(item => Run([item]));
            }

            return;
        }

        TimeSpan spent = time.GetElapsedTime(start);
        double all = batch.Sum(item => item.Cost);
        for (int i = 0; i < batch.Count; i++)
        {
            batch[i].AddServiceTime(spent * (batch[i].Cost / all));
            batch[i].Succeed(outputs[i]);
        }
    }
}
