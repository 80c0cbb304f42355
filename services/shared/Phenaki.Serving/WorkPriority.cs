namespace Phenaki.Serving;

/// <summary>Who goes first where requests wait.</summary>
public enum WorkPriority
{
    /// <summary>Somebody is watching: goes before batch work.</summary>
    Interactive,

    /// <summary>Nobody is watching: goes when no interactive work waits, or when its turn of last resort has come.</summary>
    Batch,
}
