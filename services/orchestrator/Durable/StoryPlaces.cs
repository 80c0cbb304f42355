namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// Who may be made now, and who is next: interactive stories before batch, among these the owners in turn, of one owner the oldest first. Who is
/// not heard of for a while loses its place or its turn.
/// </summary>
/// <param name="running">Most places.</param>
/// <param name="waiting">Most that wait.</param>
/// <param name="waitingOfOwner">Most of one owner that wait.</param>
/// <param name="timeout">After how long a story that is not heard of is gone.</param>
internal sealed class StoryPlaces(int running, int waiting, int waitingOfOwner, TimeSpan timeout)
{
    private readonly Dictionary<string, Heard> _held = [];
    private readonly Dictionary<string, Heard> _waiting = [];
    private readonly Dictionary<string, long> _turns = [];
    private long _turn;

    /// <summary>Stories that have a place.</summary>
    public IEnumerable<StoryTicket> Held => _held.Values.Select(held => held.Ticket);

    /// <summary>Number of stories that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>True for a story that has a place.</summary>
    public bool Holds(string id) => _held.ContainsKey(id);

    /// <summary>Gives a story back the place that it had.</summary>
    public void Restore(StoryTicket ticket, DateTimeOffset now) => _held[ticket.Id] = new(ticket, now);

    /// <summary>Takes in a new story, unless too many wait.</summary>
    public bool TryEnter(StoryTicket ticket, DateTimeOffset now)
    {
        if (Knows(ticket.Id))
        {
            Hear(ticket, now);
            return true;
        }

        if (_waiting.Count >= waiting || _waiting.Values.Count(other => other.Ticket.Owner == ticket.Owner) >= waitingOfOwner)
        {
            return false;
        }

        _waiting.Add(ticket.Id, new(ticket, now));
        return true;
    }

    /// <summary>A story says that it is there; one that nobody knows any more, since this was begun anew, waits again, limit or not: it was let in before.</summary>
    public void Hear(StoryTicket ticket, DateTimeOffset now)
    {
        var known = _held.ContainsKey(ticket.Id) ? _held : _waiting;
        known[ticket.Id] = new(ticket, now);
    }

    /// <summary>A story has ended, or does not want to be made any more.</summary>
    public void Leave(string id)
    {
        _held.Remove(id);
        _waiting.Remove(id);
    }

    /// <summary>Drops those that were not heard of, and gives the places that are free to those whose turn it is.</summary>
    /// <returns>True when places have changed hands.</returns>
    public bool Settle(DateTimeOffset now)
    {
        var isChanged = Drop(_held, now);
        Drop(_waiting, now);
        while (_held.Count < running && Next() is { } next)
        {
            _waiting.Remove(next.Ticket.Id);
            _held.Add(next.Ticket.Id, next);
            _turns[next.Ticket.Owner] = ++_turn;
            isChanged = true;
        }

        // Owners of whom nothing is left begin again in front: it is long since they had their turn.
        foreach (var gone in _turns.Keys.Except(_held.Values.Concat(_waiting.Values).Select(one => one.Ticket.Owner)).ToList())
        {
            _turns.Remove(gone);
        }

        return isChanged;
    }

    private bool Knows(string id) => _held.ContainsKey(id) || _waiting.ContainsKey(id);

    private Heard? Next()
    {
        var places = _held.Values.CountBy(held => held.Ticket.Owner).ToDictionary();
        return _waiting.Values
            .Where(one => places.GetValueOrDefault(one.Ticket.Owner) < one.Ticket.OwnerLimit)
            .MinBy(one => (one.Ticket.IsBatch, _turns.GetValueOrDefault(one.Ticket.Owner), one.Ticket.Created, one.Ticket.Id));
    }

    private bool Drop(Dictionary<string, Heard> stories, DateTimeOffset now)
    {
        var gone = stories.Where(story => story.Value.At + timeout < now).Select(story => story.Key).ToList();
        gone.ForEach(id => stories.Remove(id));
        return gone.Count > 0;
    }

    private sealed record Heard(StoryTicket Ticket, DateTimeOffset At);
}
