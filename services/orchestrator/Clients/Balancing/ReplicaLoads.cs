namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>
/// Picks the replica with the fewest calls outstanding: calls of very different length even out as they do not when they are dealt in turn. One
/// that refuses has none outstanding and would draw every call, so it is avoided for a moment.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ReplicaLoads(TimeProvider time)
{
    // As long as services ask to be left alone while they load or leave.
    private static readonly TimeSpan Avoidance = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _turn;

    /// <summary>Picks one of the replicas and counts the call.</summary>
    /// <param name="replicas">At least one.</param>
    /// <returns>Its index, and the call to end.</returns>
    public (int Index, ReplicaCall Call) Pick(IReadOnlyList<ReplicaLoad> replicas)
    {
        lock (_gate)
        {
            // Equals take turns: the first of the list would get all calls that never overlap.
            var now = time.GetTimestamp();
            var first = (int)((uint)_turn++ % (uint)replicas.Count);
            var best = Enumerable.Range(0, replicas.Count)
                .Select(offset => (first + offset) % replicas.Count)
                .MinBy(index => (replicas[index].AvoidedUntil > now, replicas[index].Outstanding));
            replicas[best].Outstanding++;
            return (best, new(this, replicas[best]));
        }
    }

    /// <summary>A call is over.</summary>
    public void Ended(ReplicaLoad replica)
    {
        lock (_gate)
        {
            replica.Outstanding--;
        }
    }

    /// <summary>A replica refuses calls for now.</summary>
    public void Avoid(ReplicaLoad replica)
    {
        lock (_gate)
        {
            replica.AvoidedUntil = time.GetTimestamp() + (long)(Avoidance.TotalSeconds * time.TimestampFrequency);
        }
    }
}
