namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>A call that a replica was picked for. Travels with its HTTP request from the picker to the handler, which knows when it ends.</summary>
internal sealed class ReplicaCall(ReplicaLoads loads, ReplicaLoad replica)
{
    /// <summary>Where a request carries its call.</summary>
    public static HttpRequestOptionsKey<ReplicaCall> Key { get; } = new("phenaki-replica-call");

    private int _isOver;

    /// <summary>The replica refuses calls for now: it is loading, leaving or full.</summary>
    public void Refused() => loads.Avoid(replica);

    /// <summary>The call is over, however it ended; further times do nothing.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            loads.Ended(replica);
        }
    }
}
