using Grpc.Net.Client.Balancer;

namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>Gives each call to the replica that has the fewest.</summary>
internal sealed class LeastLoadedBalancer(IChannelControlHelper controller, ILoggerFactory logs, ReplicaLoads loads)
    : SubchannelsLoadBalancer(new ReachabilityHelper(controller), logs)
{
    private static readonly BalancerAttributesKey<ReplicaLoad> LoadKey = new("phenaki-replica-load");

    /// <inheritdoc/>
    protected override SubchannelPicker CreatePicker(IReadOnlyList<Subchannel> readySubchannels) =>
        new Picker([.. readySubchannels], [.. readySubchannels.Select(Load)], loads);

    // A connection that comes back keeps its count: its old calls may still run.
    private static ReplicaLoad Load(Subchannel replica)
    {
        if (!replica.Attributes.TryGetValue(LoadKey, out var load))
        {
            load = new();
            replica.Attributes.Set(LoadKey, load);
        }

        return load;
    }

    private sealed class Picker(Subchannel[] replicas, ReplicaLoad[] load, ReplicaLoads loads) : SubchannelPicker
    {
        public override PickResult Pick(PickContext context)
        {
            // A pick whose connection was lost in the same moment is made again for the same request.
            if (context.Request is { } request && request.Options.TryGetValue(ReplicaCall.Key, out var before))
            {
                before.End();
            }

            var (index, call) = loads.Pick(load);
            context.Request?.Options.Set(ReplicaCall.Key, call);
            return PickResult.ForSubchannel(replicas[index]);
        }
    }
}
