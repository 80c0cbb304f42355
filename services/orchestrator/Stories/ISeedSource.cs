namespace Phenaki.Orchestrator.Stories;

/// <summary>Draws the seed of a story that sets none.</summary>
internal interface ISeedSource
{
    /// <summary>A new seed.</summary>
    ulong Next();
}
