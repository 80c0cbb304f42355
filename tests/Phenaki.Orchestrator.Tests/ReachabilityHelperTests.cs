using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Phenaki.Orchestrator.Clients.Balancing;

namespace Phenaki.Orchestrator.Tests;

/// <summary>What a channel is told where no replica can be reached.</summary>
public sealed class ReachabilityHelperTests
{
    [Theory]
    [InlineData(StatusCode.Internal, "Unknown error.", StatusCode.Unavailable, "no replica can be reached")]
    [InlineData(StatusCode.Unavailable, "connection refused", StatusCode.Unavailable, "connection refused")]
    public void UpdateState_WhereNoReplicaCanBeReached_SaysUnavailable(StatusCode given, string reason, StatusCode expected, string told)
    {
        var channel = new Channel();

        new ReachabilityHelper(channel).UpdateState(new(ConnectivityState.TransientFailure, new Failing(new(given, reason))));

        var status = channel.Told!.Picker.Pick(new()).Status;
        Assert.Equal((ConnectivityState.TransientFailure, expected, told), (channel.Told.ConnectivityState, status.StatusCode, status.Detail));
    }

    [Fact]
    public void UpdateState_WhereOneIsReady_IsPassedOn()
    {
        var channel = new Channel();
        var state = new BalancerState(ConnectivityState.Ready, new Failing(Status.DefaultSuccess));

        new ReachabilityHelper(channel).UpdateState(state);

        Assert.Same(state, channel.Told);
    }

    private sealed class Failing(Status status) : SubchannelPicker
    {
        public override PickResult Pick(PickContext context) => PickResult.ForFailure(status);
    }

    private sealed class Channel : IChannelControlHelper
    {
        public BalancerState? Told { get; private set; }

        public Subchannel CreateSubchannel(SubchannelOptions options) => throw new InvalidOperationException("Nothing is connected.");

        public void RefreshResolver()
        {
        }

        public void UpdateState(BalancerState state) => Told = state;
    }
}
