namespace Phenaki.ChartTests.Network;

/// <summary>A pod, or something outside the cluster, that calls and is called.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Namespace">Null outside the cluster.</param>
/// <param name="Labels">Of the pod.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="Ports">On which it listens, with their names and protocols.</param>
internal sealed record Actor(string Name, string? Namespace, IDictionary<string, string> Labels, string Address, IReadOnlyList<ActorPort> Ports);
