namespace Phenaki.Orchestrator.Clients;

/// <summary>What carries the calls to the three services.</summary>
/// <param name="Handler">Carries them inside the process; null for sockets. Belongs to whoever made it.</param>
internal sealed record ModelTransport(HttpMessageHandler? Handler);
