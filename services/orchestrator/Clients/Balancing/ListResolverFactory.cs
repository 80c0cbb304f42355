using Grpc.Net.Client.Balancer;

namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>Hands a channel the replicas that its address lists.</summary>
internal sealed class ListResolverFactory(IReadOnlyList<(string Host, int Port)> replicas) : ResolverFactory
{
    /// <inheritdoc/>
    public override string Name => ServiceAddress.ListScheme;

    /// <inheritdoc/>
    public override Resolver Create(ResolverOptions options) => new Known(replicas);

    private sealed class Known(IReadOnlyList<(string Host, int Port)> replicas) : Resolver
    {
        public override void Start(Action<ResolverResult> listener) =>
            listener(ResolverResult.ForResult([.. replicas.Select(replica => new BalancerAddress(replica.Host, replica.Port))]));
    }
}
