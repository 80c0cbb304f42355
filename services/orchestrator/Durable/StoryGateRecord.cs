namespace Phenaki.Orchestrator.Durable;

/// <summary>Who has a place, as it is kept: the process that hands them out may end at any moment.</summary>
internal sealed record StoryGateRecord
{
    /// <summary>The stories.</summary>
    public List<StoryTicket> Held { get; set; } = [];
}
