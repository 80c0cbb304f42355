using System.Diagnostics.CodeAnalysis;

namespace Phenaki.Serving;

/// <summary>
/// Those who wait, in order of arrival within their priority. Interactive work goes first, yet of every few that go one is batch work if any waits: nobody
/// waits for ever. Not safe for several threads.
/// </summary>
/// <param name="interactiveInARow">Most interactive ones that go before a batch one that waits; at least 1.</param>
internal sealed class WaitingLine<T>(int interactiveInARow)
    where T : class
{
    private readonly LinkedList<T> interactive = [];
    private readonly LinkedList<T> batch = [];
    private int inARow;

    /// <summary>How many wait.</summary>
    public int Count => interactive.Count + batch.Count;

    /// <summary>Adds one at the end of its priority.</summary>
    /// <returns>What <see cref="Leave"/> takes.</returns>
    public LinkedListNode<T> Add(T item, WorkPriority priority) => (priority == WorkPriority.Batch ? batch : interactive).AddLast(item);

    /// <summary>Takes one out of the line that has had enough of waiting.</summary>
    /// <returns>False when it has gone already.</returns>
    public static bool Leave(LinkedListNode<T> node)
    {
        if (node.List is not { } line)
        {
            return false;
        }

        line.Remove(node);
        return true;
    }

    /// <summary>The next to go.</summary>
    public bool TryTake([NotNullWhen(true)] out T? next)
    {
        bool fromBatch = batch.Count > 0 && (interactive.Count == 0 || inARow >= interactiveInARow);
        var line = fromBatch ? batch : interactive;
        next = line.First?.Value;
        if (next is null)
        {
            return false;
        }

        line.RemoveFirst();
        inARow = fromBatch || batch.Count == 0 ? 0 : inARow + 1;
        return true;
    }
}
