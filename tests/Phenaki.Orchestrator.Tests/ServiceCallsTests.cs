using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests;

/// <summary>A question that stays without an answer: whose time is over?</summary>
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
