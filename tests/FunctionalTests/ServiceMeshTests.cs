using Grpc.Core;
using Grpc.Net.Client;
using Phenaki.Story.V1;

namespace Phenaki.FunctionalTests;

/// <summary>Stories made by four processes and redis-server. One mesh serves all tests; each has prompts of its own, and with them clips of its own.</summary>
public sealed class ServiceMeshTests(StartedMesh started) : IClassFixture<StartedMesh>
{
    private const int Timeout = 120_000;

    // Three clips of a few milliseconds a step: long enough to be broken off, short enough to wait for.
    private static readonly string[] Long = ["--frames", "29", "--steps", "256"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ServiceMesh Mesh => started.Mesh;

    [Fact(Timeout = Timeout)]
    public async Task Story_ByFourProcesses_HasTheBytesOfTheEmbeddedOne()
    {
        string[] prompts = ["a teddy bear is swimming in the ocean.", "the teddy bear goes under water."];

        var apart = (await Mesh.StoryAsync(prompts, Mesh.Of("apart"), [], Token)).Succeeded();
        var embedded = (await Cli.RunAsync(Cli.Story(prompts, Mesh.Of("embedded"), "--model", Mesh.Model, "--device", "cpu", "--no-cache"), Token)).Succeeded();

        Assert.Equal(2 * 17, (int)apart.Json["frames"]!);
        Assert.Equal(2 * 17, Cli.Frames(Mesh.Of("apart")).Count);
        Assert.Equal(Cli.Frames(Mesh.Of("embedded")), Cli.Frames(Mesh.Of("apart")));
        Assert.Equal(embedded.SampledClips, apart.SampledClips);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_AskedForAgain_CallsNoModel()
    {
        string[] prompts = ["a red bear dances on mars.", "a blue bear walks."];

        var first = (await Mesh.StoryAsync(prompts, Mesh.Of("again-1"), [], Token)).Succeeded();
        var second = (await Mesh.StoryAsync(prompts, Mesh.Of("again-2"), [], Token)).Succeeded();

        Assert.True(first.ModelCalls > 0);
        Assert.Equal(0, second.ModelCalls);
        Assert.Equal(Cli.Frames(Mesh.Of("again-1")), Cli.Frames(Mesh.Of("again-2")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithTheSecondOfThreeScenesEdited_SamplesFromThereOn()
    {
        var whole = (await Mesh.StoryAsync(["a panda walks.", "a panda dances.", "a panda is swimming."], Mesh.Of("edit-1"), [], Token)).Succeeded();

        var edited = (await Mesh.StoryAsync(["a panda walks.", "a red panda dances.", "a panda is swimming."], Mesh.Of("edit-2"), [], Token)).Succeeded();

        var clips = edited.Json["clips"]!.AsArray();
        Assert.All(clips, clip => Assert.Equal((int)clip!["scene"]! == 0, (bool)clip["from_cache"]!));
        Assert.Equal(clips.Count(clip => (int)clip!["scene"]! > 0), edited.SampledClips);
        Assert.Equal(1, (int)edited.Json["model_calls"]!["encode_prompts"]!);
        Assert.Equal(Cli.Frames(Mesh.Of("edit-1")).Take(17), Cli.Frames(Mesh.Of("edit-2")).Take(17));
        Assert.Equal(whole.Clips, edited.Clips);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhoseClientWasKilled_ResumesAtTheBrokenClip()
    {
        string[] prompts = ["a bear goes in the water.", "the bear dances in the water."];
        await using (var client = Cli.Start(Cli.Story(prompts, Mesh.Of("killed"), ["--address", Mesh.Orchestrator.Address, .. Long])))
        {
            await client.SaysAsync("Scene 2 of 2: ", Token);
            await client.KillAsync();
        }

        Assert.False(Directory.Exists(Mesh.Of("killed")));
        var resumed = (await Mesh.StoryAsync(prompts, Mesh.Of("resumed"), Long, Token)).Succeeded();

        Assert.InRange(resumed.SampledClips, 1, resumed.Clips - 4);
        await AssertSameAsUnbrokenAsync(prompts, "resumed", Long);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhoseMaskedTransformerWasKilled_ResumesAtTheBrokenClip()
    {
        string[] prompts = ["a panda goes in the water.", "the panda dances in the water."];
        await using (var client = Cli.Start(Cli.Story(prompts, Mesh.Of("broken"), ["--address", Mesh.Orchestrator.Address, .. Long])))
        {
            await client.SaysAsync("Scene 2 of 2: ", Token);
            await Mesh.MaskedTransformer.KillAsync();
            var broken = await client.EndAsync(Token);
            Assert.Equal(1, broken.ExitCode);
            Assert.Contains("masked-transformer", broken.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", broken.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Mesh.Of("broken")));
        }

        Mesh.MaskedTransformer.Start();
        await Mesh.MaskedTransformer.ReadyAsync(Token);

        // The orchestrator may still be waiting to connect again, a second at most: a client asks again, and a refused story has sampled nothing.
        var answer = await Mesh.StoryAsync(prompts, Mesh.Of("mended"), Long, Token);
        for (int again = 0; again < 10 && answer.ExitCode != 0; again++)
        {
            answer = await Mesh.StoryAsync(prompts, Mesh.Of("mended"), Long, Token);
        }

        var resumed = answer.Succeeded();

        Assert.InRange(resumed.SampledClips, 1, resumed.Clips - 4);
        await AssertSameAsUnbrokenAsync(prompts, "mended", Long);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhoseCacheStopsInTheMiddle_EndsWithTheSameBytes()
    {
        string[] prompts = ["a bear walks in the ocean.", "a bear walks on mars."];
        await using var client = Cli.Start(Cli.Story(prompts, Mesh.Of("no-redis"), ["--address", Mesh.Orchestrator.Address, .. Long]));
        await client.SaysAsync("Scene 2 of 2: ", Token);
        await Mesh.Redis.StopAsync();
        try
        {
            (await client.EndAsync(Token)).Succeeded();
        }
        finally
        {
            await Mesh.Redis.StartAgainAsync(Token);
            await CacheIsUsedAgainAsync();
        }

        await AssertSameAsUnbrokenAsync(prompts, "no-redis", Long);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhoseOrchestratorIsReplaced_GoesOnWhereItWas()
    {
        string[] prompts = ["a panda is swimming on mars.", "the panda goes under water."];
        await using var client = Cli.Start(Cli.Story(prompts, Mesh.Of("handed-over"), ["--address", Mesh.Orchestrator.Address, .. Long]));
        await client.SaysAsync("Scene 2 of 2: ", Token);
        await Mesh.Orchestrator.KillAsync();
        Mesh.Orchestrator.Start();
        await Mesh.Orchestrator.ReadyAsync(Token);
        var resumed = (await client.EndAsync(Token)).Succeeded();

        Assert.InRange(resumed.SampledClips, 1, resumed.Clips - 4);
        await AssertSameAsUnbrokenAsync(prompts, "handed-over", Long);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_Cancelled_LeavesNothingAndFreesTheServices()
    {
        string[] prompts = ["a teddy bear walks on mars."];
        string[] endless = ["--frames", "10000", "--steps", "256"];
        await using (var client = Cli.Start(Cli.Story(prompts, Mesh.Of("cancelled"), ["--address", Mesh.Orchestrator.Address, .. endless])))
        {
            await client.SaysAsync("clip 2 of ", Token);
            await client.SignalAsync("-TERM", Token);
            Assert.Equal(130, (await client.EndAsync(Token)).ExitCode);
        }

        Assert.False(Directory.Exists(Mesh.Of("cancelled")));

        // The masked transformer takes one clip at a time here: were the cancelled one still sampled, this would be refused.
        (await Mesh.StoryAsync(["a teddy bear dances on mars."], Mesh.Of("after"), [], Token)).Succeeded();
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhoseDeadlinePasses_SaysSoAndFreesTheServices()
    {
        using var channel = GrpcChannel.ForAddress(Mesh.Orchestrator.Address);
        var request = new GenerateStoryRequest { Scenes = { new Scene { Prompt = "a bear walks on mars.", Frames = 10_000 } }, Sampling = new() { Steps = 256 } };
        using var call = new StoryService.StoryServiceClient(channel).GenerateStory(
            request, deadline: TimeProvider.System.GetUtcNow().AddSeconds(5).UtcDateTime, cancellationToken: Token);
        int told = 0;
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in call.ResponseStream.ReadAllAsync(Token))
            {
                told++;
            }
        });

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.True(told > 0, "The story was refused before it began.");
        (await Mesh.StoryAsync(["a bear dances on mars."], Mesh.Of("after-deadline"), [], Token)).Succeeded();
    }

    // Redis is used again as soon as it is found again; the other tests of this mesh count on it.
    private async Task CacheIsUsedAgainAsync()
    {
        for (int calls = -1, time = 0; calls != 0; time++)
        {
            calls = (await Mesh.StoryAsync(["a red panda walks in the water."], Mesh.Of($"redis-again-{time}"), [], Token)).Succeeded().ModelCalls;
        }
    }

    private async Task AssertSameAsUnbrokenAsync(string[] prompts, string output, string[] more)
    {
        var reference = Mesh.Of($"{output}-reference");
        (await Cli.RunAsync(Cli.Story(prompts, reference, ["--model", Mesh.Model, "--device", "cpu", "--no-cache", .. more]), Token)).Succeeded();
        Assert.Equal(Cli.Frames(reference), Cli.Frames(Mesh.Of(output)));
    }
}
