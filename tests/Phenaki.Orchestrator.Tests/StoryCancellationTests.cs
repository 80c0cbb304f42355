using CsCheck;
using Phenaki.Orchestrator.Stories;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests;

/// <summary>A story that nobody waits for any more leaves no call behind.</summary>
public sealed class StoryCancellationTests
{
    private static readonly StoryRequest Story = StoryWorld.Story(("a", 17), ("b", 9), ("c", 20));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Run_ReaderLeavesAfterAnyEvent_FreesEveryCall()
    {
        var events = (await new StoryWorld().RunAsync(Story, Cancellation)).Count;
        for (var leaveAfter = 1; leaveAfter < events; leaveAfter++)
        {
            var world = new StoryWorld(new MemoryCacheStore(TimeProvider.System));
            var read = 0;
            await foreach (var item in world.Events(Story, Cancellation))
            {
                if (++read == leaveAfter)
                {
                    break;
                }
            }

            Assert.Equal(0, world.InFlight);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_CancelledInAnyCall_FreesItAndSaysSo() =>
        await Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3]).SampleAsync(
            async (service, call) =>
            {
                var world = new StoryWorld();
                using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
                FakeService victim = service switch
                {
                    0 => world.Text,
                    1 => world.Masked,
                    2 => world.Video.Encoder,
                    _ => world.Video.Decoder,
                };
                victim.OnCall = async (number, scope) =>
                {
                    if (number == call || service == 0)
                    {
                        await cancel.CancelAsync();
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, scope.CancellationToken);
                    }
                };
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.RunAsync(Story, cancel.Token));
                Assert.Equal(0, world.InFlight);
            },
            iter: 30);

    [Fact(Timeout = 60_000)]
    public async Task Run_CancelledWhileTheReaderIsSlow_Ends()
    {
        var world = new StoryWorld(configure: options => options.BufferedFrames = 2);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var events = world.Events(Story, cancel.Token).GetAsyncEnumerator(Cancellation);
        Assert.True(await events.MoveNextAsync());
        await Eventually.TrueAsync(() => ValueTask.FromResult(world.Video.Decoder.Calls == 1), Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await events.MoveNextAsync())
            {
            }
        });
        Assert.Equal(0, world.InFlight);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_WithDeadline_HandsItToEveryCall()
    {
        var world = new StoryWorld();
        var deadline = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await foreach (var item in world.Events(Story, Cancellation, deadline))
        {
        }

        Assert.All([world.Text.LastDeadline, world.Masked.LastDeadline, world.Video.Encoder.LastDeadline, world.Video.Decoder.LastDeadline],
            seen => Assert.Equal(deadline, seen));
    }
}
