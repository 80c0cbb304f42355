namespace Phenaki.Orchestrator.Clients;

/// <summary>What kept a service from answering.</summary>
internal enum ModelServiceFailure
{
    /// <summary>It is down, not yet up, draining, or the connection broke: another try may reach it, or another replica.</summary>
    Unreachable,

    /// <summary>Its queue is full.</summary>
    Overloaded,

    /// <summary>The longest time that a call may take has passed.</summary>
    TimedOut,

    /// <summary>It refuses for a state that a person has to change.</summary>
    Refused,
}
