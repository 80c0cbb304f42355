using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Writes the events of one story into its journal, one after the other, whoever has one to write.</summary>
/// <param name="id">The story.</param>
/// <param name="journal">Its journal.</param>
/// <param name="retention">How long its events are kept.</param>
internal sealed class StoryPen(string id, StoryJournal journal, TimeSpan retention) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _last;

    /// <summary>Goes on after the last event that the journal has.</summary>
    /// <returns>Its number, 0 before the first.</returns>
    /// <exception cref="JournalConflictException">There is no journal.</exception>
    public async Task<long> OpenAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _last = await journal.LastNumberAsync(id, cancellationToken) ?? throw new JournalConflictException(id, 0);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes an event.</summary>
    /// <param name="make">Makes the event with its number.</param>
    /// <param name="cancellationToken">Ends the wait; nobody knows then whether it is written.</param>
    /// <exception cref="JournalConflictException">Somebody else has written one.</exception>
    public async Task<WatchStoryResponse> WriteAsync(Func<ulong, WatchStoryResponse> make, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var item = make((ulong)(_last + 1));
            await journal.AppendAsync(id, item, retention, cancellationToken);
            _last++;
            return item;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
