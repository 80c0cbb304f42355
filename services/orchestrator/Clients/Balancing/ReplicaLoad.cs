namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>What one replica has to do for us, and whether it has just refused something. Guarded by the balancer's lock.</summary>
internal sealed class ReplicaLoad
{
    /// <summary>Calls that were given to it and have not ended.</summary>
    public int Outstanding { get; set; }

    /// <summary>Until when it is asked only where all others refuse too; a time stamp of the balancer's clock, null for no longer.</summary>
    public long? AvoidedUntil { get; set; }
}
