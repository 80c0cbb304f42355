using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;
using Phenaki.Orchestrator.Tests.Fakes;

namespace Phenaki.Orchestrator.Tests;

/// <summary>A call that breaks off is made again for the same clip, a bounded number of times, and never with another model.</summary>
public sealed class CallResumptionTests
{
    private static readonly StoryRequest Story = StoryWorld.Story(("a", 17), ("b", 9));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_AnyServiceBreaksOff_GoesOnWithTheSameBytes(int service)
    {
        var plain = await new StoryWorld().RunAsync(Story, Cancellation);
        var world = new StoryWorld();
        FakeService victim = service switch
        {
            0 => world.Text,
            1 => world.Masked,
            2 => world.Video.Encoder,
            _ => world.Video.Decoder,
        };
        victim.OnCall = (call, _) => call is 1 or 2 ? throw Unreachable() : Task.CompletedTask;
        var events = await world.RunAsync(Story, Cancellation);
        Assert.Equal(plain.Pixels(), events.Pixels());
        Assert.Equal(world.Masked.Calls, events.Account().SampleTokensCalls);
        Assert.Equal(world.Video.Encoder.Calls, events.Account().EncodeVideoCalls);
        Assert.Equal(world.Video.Decoder.Calls, events.Account().DecodeVideoCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_SamplingBreaksOffInMidClip_SendsEveryStepOnce()
    {
        var world = new StoryWorld();
        world.Masked.OnStep = (call, step, _) => call == 2 && step == 2 ? throw Unreachable() : Task.CompletedTask;
        var events = await world.RunAsync(Story, Cancellation);
        Assert.Equal(5, world.Masked.Calls);
        Assert.Equal(
            from clip in new[] { (0, 0), (0, 1), (1, 0), (1, 1) }
            from step in Enumerable.Range(1, 3 + FakeMaskedTransformer.Revisions)
            select (clip.Item1, clip.Item2, step),
            events.OfType<StoryEvent.Progress>().Select(p => (p.Scene, p.Clip, p.Step)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_ServiceStaysDown_GivesUpAfterTheAllowedTries()
    {
        var world = new StoryWorld(configure: options => options.MaxResumptions = 3);
        world.Masked.OnCall = (_, _) => throw Unreachable();
        var error = await Assert.ThrowsAsync<ModelServiceException>(() => world.RunAsync(Story, Cancellation));
        Assert.Equal(ModelServiceFailure.Unreachable, error.Failure);
        Assert.Equal(4, world.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_ResumptionsSwitchedOff_FailsAtOnce()
    {
        var world = new StoryWorld(configure: options => options.MaxResumptions = 0);
        world.Masked.OnCall = (_, _) => throw Unreachable();
        await Assert.ThrowsAsync<ModelServiceException>(() => world.RunAsync(Story, Cancellation));
        Assert.Equal(1, world.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_FullQueueThatSaysWhenToComeBack_IsAskedAgain()
    {
        var world = new StoryWorld();
        world.Masked.OnCall = (call, _) => call <= 2 ? throw Overloaded(TimeSpan.FromMilliseconds(5)) : Task.CompletedTask;
        await world.RunAsync(Story, Cancellation);
        Assert.Equal(6, world.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_FullQueueThatDoesNotSayWhenToComeBack_Fails() => await FailsAtOnceAsync(Overloaded(null));

    [Fact(Timeout = 60_000)]
    public async Task Run_FullQueueForLongerThanAllowed_Fails() => await FailsAtOnceAsync(Overloaded(TimeSpan.FromSeconds(1)));

    [Fact(Timeout = 60_000)]
    public async Task Run_FullQueueBeyondTheDeadline_Fails() => await FailsAtOnceAsync(
        Overloaded(TimeSpan.FromMilliseconds(40)), TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(20));

    [Fact(Timeout = 60_000)]
    public async Task Run_ServiceThatRefuses_Fails() =>
        await FailsAtOnceAsync(new ModelServiceException("masked-transformer", ModelServiceFailure.Refused, "test"));

    [Fact(Timeout = 60_000)]
    public async Task Run_ServiceThatBreaksItsContract_Fails() => await FailsAtOnceAsync(new ModelServiceFaultException("masked-transformer", "test"));

    [Fact(Timeout = 60_000)]
    public async Task Run_AnotherModelComesUp_EndsTheStoryAndNamesBoth()
    {
        var world = new StoryWorld();
        world.Masked.OnCall = (call, _) =>
        {
            if (call == 2)
            {
                world.Masked.Card = world.Masked.Card with { Model = FakeModels.Card("another") };
                throw Unreachable();
            }

            return Task.CompletedTask;
        };
        var error = await Assert.ThrowsAsync<ModelMismatchException>(() => world.RunAsync(Story, Cancellation));
        Assert.Contains(FakeModels.Masked.Model.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(FakeModels.Card("another").Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, world.Masked.Calls);
    }

    private static async Task FailsAtOnceAsync(Exception failure, DateTimeOffset? deadline = null)
    {
        var world = new StoryWorld();
        world.Masked.OnCall = (_, _) => throw failure;
        var thrown = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var item in world.Events(Story, Cancellation, deadline))
            {
            }
        });
        Assert.Same(failure, thrown);
        Assert.Equal(1, world.Masked.Calls);
    }

    private static ModelServiceException Unreachable() => new("masked-transformer", ModelServiceFailure.Unreachable, "test");

    private static ModelServiceException Overloaded(TimeSpan? retryAfter) =>
        new("masked-transformer", ModelServiceFailure.Overloaded, "test", retryAfter);
}
