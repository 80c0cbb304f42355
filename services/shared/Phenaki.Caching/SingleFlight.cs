namespace Phenaki.Caching;

/// <summary>Lets one caller compute a value while all others that want the same wait for it.</summary>
/// <typeparam name="TKey">Names the value.</typeparam>
/// <typeparam name="TValue">The value; all callers get the same object.</typeparam>
public sealed class SingleFlight<TKey, TValue>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, TaskCompletionSource<TValue?>> flights = [];

    /// <summary>Values being computed.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return flights.Count;
            }
        }
    }

    /// <summary>The value, computed by the caller itself or by the one that was first.</summary>
    /// <remarks>
    /// When the first one is cancelled, or runs out of its own time, one of the waiting takes over with its own
    /// <paramref name="compute"/>; any other failure is everybody's.
    /// </remarks>
    /// <param name="key">Names the value.</param>
    /// <param name="compute">Computes it; gets <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Ends this caller's computing or waiting, and no one else's.</param>
    /// <returns>The value, and whether another caller computed it.</returns>
    public async Task<(TValue Value, bool Shared)> RunAsync(
        TKey key, Func<CancellationToken, Task<TValue>> compute, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TaskCompletionSource<TValue?>? flight;
            bool first;
            lock (gate)
            {
                first = !flights.TryGetValue(key, out flight);
                if (first)
                {
                    flights.Add(key, flight = new(TaskCreationOptions.RunContinuationsAsynchronously));
                }
            }

            if (first)
            {
                return (await LeadAsync(key, flight!, compute, cancellationToken).ConfigureAwait(false), false);
            }

            try
            {
                return ((await flight!.Task.WaitAsync(cancellationToken).ConfigureAwait(false))!, true);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The first one gave up; whoever comes first now takes over.
            }
        }
    }

    private async Task<TValue> LeadAsync(
        TKey key, TaskCompletionSource<TValue?> flight, Func<CancellationToken, Task<TValue>> compute, CancellationToken cancellationToken)
    {
        Action land = flight.SetCanceled;
        try
        {
            TValue value = await compute(cancellationToken).ConfigureAwait(false);
            land = () => flight.SetResult(value);
            return value;
        }
        catch (Exception error) when (!IsOwn(error, cancellationToken))
        {
            land = () =>
            {
                flight.SetException(error);
                _ = flight.Task.Exception; // Nobody may be waiting for it.
            };
            throw;
        }
        finally
        {
            // The flight is taken off the list before it lands, so that no one waits for it who came later.
            lock (gate)
            {
                flights.Remove(key);
            }

            land();
        }
    }

    /// <summary>True when a failure says nothing about the value, only about the caller.</summary>
    private static bool IsOwn(Exception error, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || error is OperationCanceledException or TimeoutException;
}
