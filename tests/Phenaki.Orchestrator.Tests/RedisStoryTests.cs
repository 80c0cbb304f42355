using Grpc.Core;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests;

/// <summary>The orchestrator with a real Redis, which may leave at any moment.</summary>
public sealed class RedisStoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task GenerateStory_AgainAfterARestart_CallsNoModel()
    {
        await using var redis = await RedisServerProcess.StartAsync(Cancellation);
        var cold = await RunAsync(redis, _ => Task.CompletedTask);
        var warm = await RunAsync(redis, _ => Task.CompletedTask);
        Assert.Equal(cold.Pixels, warm.Pixels);
        Assert.Equal(new ModelCalls(), warm.Finished.ModelCalls);
        Assert.Equal(2u, warm.Finished.PromptsFromCache);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("stop")]
    [InlineData("pause")]
    public async Task GenerateStory_RedisLeavesInMidStory_SendsTheSameBytes(string how)
    {
        await using var redis = await RedisServerProcess.StartAsync(Cancellation);
        var plain = await RunAsync(redis, _ => Task.CompletedTask);
        var left = false;
        var other = await RunAsync(redis, async item =>
        {
            if (!left && item.SceneStarted?.Scene == 1)
            {
                left = true;
                await (how == "stop" ? redis.StopAsync() : redis.PauseAsync(Cancellation));
            }
        });
        if (how == "pause")
        {
            await redis.ResumeAsync(Cancellation);
        }

        Assert.Equal(plain.Pixels, other.Pixels);
    }

    private static async Task<(string Pixels, StoryFinished Finished)> RunAsync(RedisServerProcess redis, Func<GenerateStoryResponse, Task> onEvent)
    {
        // A buffer of one frame, so that the story is no further than its client.
        await using var mesh = await new FakeMesh().StartAsync(Cancellation, ("Redis", redis.Address), ("BufferedFrames", "1"));
        await mesh.ReadyAsync(Cancellation);
        using var call = mesh.Client.GenerateStory(
            new()
            {
                Scenes = { new Scene { Prompt = "a", Frames = 17 }, new Scene { Prompt = "b", Frames = 20 } },
                Seed = 42,
            },
            cancellationToken: Cancellation);
        var pixels = new System.Text.StringBuilder();
        StoryFinished? finished = null;
        await foreach (var item in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            await onEvent(item);
            pixels.Append(item.Frame is { } frame ? Convert.ToHexString(frame.Frame.Rgb.Span) : "");
            finished = item.Finished ?? finished;
        }

        return (pixels.ToString(), finished!);
    }
}
