namespace Phenaki.Orchestrator.Clients;

/// <summary>How long the work for a story may go on; handed down to every call that is made for it.</summary>
/// <param name="Deadline">When the client stops waiting; null when it set no deadline.</param>
/// <param name="CancellationToken">Cancelled when nobody waits any more.</param>
internal readonly record struct CallScope(DateTimeOffset? Deadline, CancellationToken CancellationToken);
