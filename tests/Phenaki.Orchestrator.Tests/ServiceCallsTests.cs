using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests;

/// <summary>A question that stays without an answer: whose time is over? And a call that fails: by whose fault?</summary>
public sealed class ServiceCallsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(60.0)]
    public async Task Ask_NoAnswerInTime_SaysThatTheServiceCannotBeReached(double? storySeconds)
    {
        var error = await Assert.ThrowsAsync<ModelServiceException>(() => AskAsync(storySeconds));

        Assert.Equal(ModelServiceFailure.Unreachable, error.Failure);
        Assert.Contains("http://there: no answer within 5 seconds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_StoryOutOfTime_SaysThatTheStorysTimeIsOver() => await Assert.ThrowsAsync<StoryDeadlineException>(() => AskAsync(3));

    [Fact]
    public async Task Ask_ItsOptions_EndWithThePatienceOrTheStory()
    {
        var calls = new ServiceCalls("text-encoder", "http://there", _time);

        Assert.Equal<DateTime?>(_time.GetUtcNow().UtcDateTime + Patience, await calls.AskAsync(new(null, Cancellation), Patience, call => Task.FromResult(call.Deadline)));
        Assert.Equal<DateTime?>(
            _time.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(3),
            await calls.AskAsync(new(_time.GetUtcNow() + TimeSpan.FromSeconds(3), Cancellation), Patience, call => Task.FromResult(call.Deadline)));
    }

    [Theory]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.Unavailable)]
    public async Task Run_ConnectionFails_SaysThatTheServiceCannotBeReached(StatusCode code)
    {
        // As when a server goes away with the stream still open: the code is gRPC's reading of HTTP/2's, the service has said nothing.
        var failure = new RpcException(new(code, "Error starting gRPC call.", new HttpRequestException("gone", new HttpProtocolException(0, "GOAWAY", null))));
        Assert.Equal(ModelServiceFailure.Unreachable, (await Assert.ThrowsAsync<ModelServiceException>(() => RunAsync(failure))).Failure);

        failure = new RpcException(new(code, "Error reading next message.", new ObjectDisposedException("stream")));
        Assert.Equal(ModelServiceFailure.Unreachable, (await Assert.ThrowsAsync<ModelServiceException>(() => RunAsync(failure))).Failure);
    }

    [Fact]
    public async Task Run_AnswerThatIsNoMessage_IsAFaultOfTheService()
    {
        var unreadable = Assert.Throws<InvalidProtocolBufferException>(() => Phenaki.Common.V1.Tensor.Parser.ParseFrom([255]));
        await Assert.ThrowsAsync<ModelServiceFaultException>(() => RunAsync(new(new(StatusCode.Internal, "Failed to deserialize response message.", unreadable))));
        await Assert.ThrowsAsync<ModelServiceFaultException>(() => RunAsync(new(new(StatusCode.Internal, "Internal error."))));
    }

    [Fact]
    public async Task Run_StreamResetAsTheStorysTimeEnds_SaysThatTheStorysTimeIsOver()
    {
        var reset = new RpcException(new(StatusCode.Cancelled, "The peer reset the stream."));
        var deadline = _time.GetUtcNow() + Patience;
        await Assert.ThrowsAsync<ModelServiceException>(() => RunAsync(reset, deadline));

        _time.Advance(Patience - TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAsync<StoryDeadlineException>(() => RunAsync(reset, deadline));
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAsync<StoryDeadlineException>(() => RunAsync(reset, deadline));
        await Assert.ThrowsAsync<ModelServiceFaultException>(() => RunAsync(new(new(StatusCode.InvalidArgument, "Too long.")), deadline));
    }

    private Task<int> RunAsync(RpcException failure, DateTimeOffset? deadline = null) =>
        new ServiceCalls("text-encoder", "http://there", _time).RunAsync<int>(new(deadline, Cancellation), () => throw failure);

    private Task<int> AskAsync(double? storySeconds)
    {
        var calls = new ServiceCalls("text-encoder", "http://there", _time);
        DateTimeOffset? deadline = storySeconds is { } seconds ? _time.GetUtcNow() + TimeSpan.FromSeconds(seconds) : null;
        return calls.AskAsync<int>(new(deadline, Cancellation), Patience, _ =>
        {
            _time.Advance(Patience);
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, ""));
        });
    }
}
