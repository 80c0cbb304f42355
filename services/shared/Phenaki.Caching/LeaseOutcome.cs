namespace Phenaki.Caching;

/// <summary>What became of asking for a lease.</summary>
public enum LeaseOutcome
{
    /// <summary>The store could not be asked: compute without a lease.</summary>
    Unavailable,

    /// <summary>The caller holds the lease.</summary>
    Taken,

    /// <summary>Another holds it: the value will likely appear.</summary>
    HeldElsewhere,
}
