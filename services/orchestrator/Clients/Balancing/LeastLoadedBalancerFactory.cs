using Grpc.Net.Client.Balancer;

namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>Makes a <see cref="LeastLoadedBalancer"/> for each channel that asks for <see cref="PolicyName"/>.</summary>
internal sealed class LeastLoadedBalancerFactory(TimeProvider time) : LoadBalancerFactory
{
    /// <summary>Name of the policy in a service config.</summary>
    public const string PolicyName = "phenaki_least_loaded";

    /// <inheritdoc/>
    public override string Name => PolicyName;

    /// <inheritdoc/>
    public override LoadBalancer Create(LoadBalancerOptions options) => new LeastLoadedBalancer(options.Controller, options.LoggerFactory, new(time));
}
