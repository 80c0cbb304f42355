using System.Runtime.CompilerServices;

namespace Phenaki.VideoTokenizer;

/// <summary>Takes what has come of a stream, so that the model gets it together.</summary>
internal static class ArrivingItems
{
    /// <summary>Waits for the next item, then takes those that are there already.</summary>
    /// <param name="items">The stream; it is asked for one item more than it has given while a group is worked on.</param>
    /// <param name="first">Most items in the first group, at least 1.</param>
    /// <param name="most">Most items in a later group, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>All items in their order, at least one in a group.</returns>
    public static async IAsyncEnumerable<List<T>> AsTheyComeAsync<T>(
        this IAsyncEnumerable<T> items, int first, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Not disposed when left early: its next item may be under way then, and it holds nothing but the call's own stream.
        var source = items.GetAsyncEnumerator(cancellationToken);
        var next = source.MoveNextAsync().AsTask();
        int room = first;
        while (await next)
        {
            List<T> group = [source.Current];
            next = source.MoveNextAsync().AsTask();
            while (group.Count < room && next.IsCompletedSuccessfully && await next)
            {
                group.Add(source.Current);
                next = source.MoveNextAsync().AsTask();
            }

            yield return group;
            room = most;
        }

        await source.DisposeAsync();
    }
}
