using Grpc.Core;
using Grpc.Net.Client.Balancer;

namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>
/// Says UNAVAILABLE where no replica can be reached. The base of balancers passes on why the last connection failed; where it does not know, as in the
/// moment in which a name stands for another address than before, it says INTERNAL, which reads as a bug of the service.
/// </summary>
/// <param name="channel">The channel that is told.</param>
internal sealed class ReachabilityHelper(IChannelControlHelper channel) : IChannelControlHelper
{
    /// <inheritdoc/>
    public Subchannel CreateSubchannel(SubchannelOptions options) => channel.CreateSubchannel(options);

    /// <inheritdoc/>
    public void RefreshResolver() => channel.RefreshResolver();

    /// <inheritdoc/>
    public void UpdateState(BalancerState state) => channel.UpdateState(
        state.ConnectivityState == ConnectivityState.TransientFailure ? new(state.ConnectivityState, new Picker(state.Picker)) : state);

    private sealed class Picker(SubchannelPicker inner) : SubchannelPicker
    {
        public override PickResult Pick(PickContext context) => inner.Pick(context) is var result && result.Status.StatusCode == StatusCode.Internal
            ? PickResult.ForFailure(new(StatusCode.Unavailable, "no replica can be reached"))
            : result;
    }
}
