using System.Collections.Concurrent;

namespace Phenaki.Serving;

/// <summary>
/// One thread that owns a model: whatever touches the model runs here, one piece after the other, in the order of arrival. (A network's
/// dispose scopes and inference mode are bound to a thread.)
/// </summary>
public sealed class ModelThread : IAsyncDisposable
{
    private readonly BlockingCollection<Action> queue = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int capacity;
    private int waiting;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name, for debuggers.</param>
    /// <param name="capacity">Most calls of <see cref="InvokeAsync{T}"/> that wait at the same time, at least 1.</param>
    public ModelThread(string name, int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        this.capacity = capacity;
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Runs a short piece of work.</summary>
    /// <param name="work">The work. What it throws is thrown to the caller.</param>
    /// <param name="cancellationToken">Takes the work back while it waits; once begun, it runs to its end.</param>
    /// <exception cref="AdmissionRefusedException">Too many wait, or the thread has ended.</exception>
    public async Task<T> InvokeAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var piece = new Piece<T>(work);
        if (Interlocked.Increment(ref waiting) > capacity)
        {
            Interlocked.Decrement(ref waiting);
            throw Refused(AdmissionRefusalReason.QueueFull, $"{capacity} calls wait for the model, and no more are allowed.");
        }

        if (!TryPost(() =>
        {
            Interlocked.Decrement(ref waiting);
            piece.Run();
        }))
        {
            Interlocked.Decrement(ref waiting);
            throw Refused(AdmissionRefusalReason.Draining, "The model is being unloaded.");
        }

        await using (cancellationToken.Register(piece.TakeBack, cancellationToken).ConfigureAwait(false))
        {
            return await piece.Task.ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="InvokeAsync{T}"/>
    public Task InvokeAsync(Action work, CancellationToken cancellationToken) =>
        InvokeAsync(
            () =>
            {
                work();
                return true;
            },
            cancellationToken);

    /// <summary>Disposes what belongs to this thread, on this thread; never refused, so that nothing can leak.</summary>
    /// <param name="resource">Disposed on the calling thread when this one has ended.</param>
    public Task ReleaseAsync(IDisposable resource)
    {
        var piece = new Piece<bool>(() =>
        {
            resource.Dispose();
            return true;
        });
        if (!TryPost(piece.Run))
        {
            piece.Run();
        }

        return piece.Task;
    }

    /// <summary>Runs what waits, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.CompleteAdding();
        await ended.Task.ConfigureAwait(false);
    }

    /// <summary>Queues work that does not throw and whose number its owner bounds.</summary>
    /// <returns>False when the thread takes no more.</returns>
    internal bool TryPost(Action work)
    {
        try
        {
            queue.Add(work);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static AdmissionRefusedException Refused(AdmissionRefusalReason reason, string message) =>
        new(new AdmissionRefusal(reason, TimeSpan.FromSeconds(1), message));

    private void Run()
    {
        foreach (Action work in queue.GetConsumingEnumerable())
        {
            work();
        }

        ended.SetResult();
    }

    private sealed class Piece<T>(Func<T> work)
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int begun;

        public Task<T> Task => completion.Task;

        public void Run()
        {
            if (Interlocked.Exchange(ref begun, 1) == 1)
            {
                return;
            }

            try
            {
                completion.SetResult(work());
            }
            catch (Exception error)
            {
                completion.SetException(error);
            }
        }

        public void TakeBack(object? token)
        {
            if (Interlocked.Exchange(ref begun, 1) == 0)
            {
                completion.SetCanceled((CancellationToken)token!);
            }
        }
    }
}
