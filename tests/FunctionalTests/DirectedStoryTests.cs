using Phenaki.Story.V1;
using Phenaki.Testing;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.FunctionalTests;

/// <summary>Stories that are directed while processes make them.</summary>
public sealed class DirectedStoryTests
{
    private const int Timeout = 300_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Story_WhoseOrchestratorIsKilledWhileItIsDirected_IsTheOneThatItsRecordMakesAgain()
    {
        await using var redis = await RedisServerProcess.StartAsync(Token, "--appendonly", "yes");
        await using var mesh = await new ReplicatedMesh(
            "--redis", redis.Address, "--Stories:AdvertisedAddress=127.0.0.1", "--Stories:ReminderPeriod=00:00:02").StartAsync(Token);
        string[] addresses = [.. mesh.Orchestrators.Select(orchestrator => orchestrator.Address)];
        var stories = new List<WireStory>();
        var watchers = new List<StoryWatcher>();
        for (var i = 0; i < 4; i++)
        {
            stories.Add(await StoryCalls.CreateAsync(addresses[i % 2], Request((ulong)i), $"story-{i}", isDirected: true));
            watchers.Add(new(stories[i].Id, addresses));
        }

        var watching = watchers.Select(watcher => watcher.RunAsync(Token)).ToList();
        await Eventually.TrueAsync(() => ValueTask.FromResult(watchers.All(watcher => watcher.Frames > 0)), Token);
        var before = new List<StoryCommandAnswer>();
        foreach (var story in stories)
        {
            before.Add((await StoryCalls.SteerAsync(addresses, story.Id, Add(ScenePosition.Now, "the bear dances.", 9, "cut"))).Answer);
        }

        // One of them has some of the stories; whichever commands it has answered are kept, and one that is sent again is not done again.
        await mesh.Orchestrators[0].KillAsync();
        var directed = stories.Select(story => DirectAsync(addresses, story.Id)).ToList();
        await Task.WhenAll(directed);
        for (var i = 0; i < stories.Count; i++)
        {
            Assert.Equal(before[i], (await StoryCalls.SteerAsync(addresses[1..], stories[i].Id, Add(ScenePosition.Now, "the bear dances.", 9, "cut"))).Answer);
        }

        await Task.WhenAll(watching);
        await using var plain = mesh.OrchestratorWith();
        plain.Start();
        await plain.ReadyAsync(Token);
        for (var i = 0; i < stories.Count; i++)
        {
            var story = await StoryCalls.GetAsync(addresses[1], stories[i].Id);
            Assert.Equal((StoryState.Succeeded, 5u), (story.State, story.Direction.Commands));
            watchers[i].AssertWhole((int)story.Frames);
            var scenes = story.Request.Scenes;
            Assert.Equal("the bear dances.", scenes[1].Prompt);
            Assert.Equal(before[i].FromFrame, scenes[0].Frames);
            Assert.Equal(["a bear walks on mars.", "the bear dances.", "the panda is swimming."], scenes.Select(scene => scene.Prompt));
            Assert.Equal(await StoryCalls.GeneratedAsync(plain.Address, story.Request), StoryCalls.Pixels(watchers[i].Events));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_InOneProcess_MakesWhatIsTyped()
    {
        using var folder = new TemporaryFolder();
        StoryModel.Write(folder.Of("model"));
        await using var direct = Cli.Start([
            "direct", "-o", folder.Of("video"), "--json", "--scale", "1", "--seed", "7",
            "--model", folder.Of("model"), "--device", "cpu", "--cache-dir", folder.Of("cache")]);
        await direct.TypeAsync("/help", Token);
        await direct.TypeAsync("/frames 20", Token);
        await direct.TypeAsync("a bear walks on mars.", Token);
        await direct.TypeAsync("/wait", Token);
        await direct.TypeAsync($"/save {folder.Of("so-far")}", Token);
        await direct.TypeAsync("/frames 9", Token);
        await direct.TypeAsync("the bear dances.", Token);
        await direct.TypeAsync("/change 7 nothing", Token);
        await direct.TypeAsync("/then the panda is swimming.", Token);
        await direct.TypeAsync("/scenes", Token);
        direct.EndInput();
        var result = (await direct.EndAsync(Token)).Succeeded();

        Assert.Contains("/pause", direct.Said, StringComparison.Ordinal);
        Assert.Contains("That cannot be: change_scene.scene", direct.Said, StringComparison.Ordinal);
        Assert.Contains("frames 29 to 37: the panda is swimming.", direct.Said, StringComparison.Ordinal);
        Assert.Equal([20, 9, 9], result.Json["scenes"]!.AsArray().Select(scene => (int)scene!["frames"]!));
        Assert.Equal(38, (int)result.Json["frames"]!);
        Assert.Equal(Cli.Frames(folder.Of("video")).Take(20), Cli.Frames(folder.Of("so-far")));

        // A story of a scene is the begin of a longer one.
        (await Cli.RunAsync(
            Cli.Story(["a bear walks on mars."], folder.Of("story"), "--frames", "20", "--model", folder.Of("model"), "--device", "cpu", "--no-cache"), Token)).Succeeded();
        Assert.Equal(Cli.Frames(folder.Of("story")), Cli.Frames(folder.Of("so-far")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_OverTheNetwork_GoesOnThoughAnOrchestratorIsKilled()
    {
        await using var redis = await RedisServerProcess.StartAsync(Token, "--appendonly", "yes");
        using var folder = new TemporaryFolder();
        await using var mesh = await new ReplicatedMesh(
            "--redis", redis.Address, "--Stories:AdvertisedAddress=127.0.0.1", "--Stories:ReminderPeriod=00:00:02").StartAsync(Token);
        var orchestrator = mesh.Orchestrators[0];
        await StoryCalls.CreateAsync(orchestrator.Address, Request(9), "", isDirected: true);
        await using var direct = Cli.Start([
            "direct", "a bear walks on mars.", "-o", folder.Of("video"), "--json", "--scale", "1", "--seed", "7", "--address", orchestrator.Address]);
        await direct.SaysAsync("The story waits", Token);
        await direct.TypeAsync("the bear dances.", Token);
        await direct.SaysAsync("From frame 17 on", Token);

        await orchestrator.KillAsync();
        orchestrator.Start();
        await direct.TypeAsync("/then the panda is swimming.", Token);
        await direct.SaysAsync("From frame 34 on", Token);
        direct.EndInput();

        var result = (await direct.EndAsync(Token)).Succeeded();
        Assert.Equal([17, 17, 17], result.Json["scenes"]!.AsArray().Select(scene => (int)scene!["frames"]!));
        await using var plain = mesh.OrchestratorWith();
        plain.Start();
        await plain.ReadyAsync(Token);
        (await Cli.RunAsync(
            Cli.Story(["a bear walks on mars.", "the bear dances.", "the panda is swimming."], folder.Of("story"), "--address", plain.Address), Token)).Succeeded();
        Assert.Equal(Cli.Frames(folder.Of("story")), Cli.Frames(folder.Of("video")));
    }

    private static GenerateStoryRequest Request(ulong seed) => new()
    {
        Seed = seed,
        Scenes = { new Scene { Prompt = "a bear walks on mars.", Frames = 200 } },
        Sampling = new() { Steps = 192 },
    };

    private static StoryCommand Add(ScenePosition position, string prompt, uint frames, string name) => new()
    {
        CommandId = name,
        AddScenes = new() { Position = position, Scenes = { new Scene { Prompt = prompt, Frames = frames } } },
    };

    /// <summary>Gives the further commands at whatever orchestrator answers, each twice.</summary>
    private static async Task DirectAsync(string[] addresses, string id)
    {
        foreach (var command in (StoryCommand[])[
            new() { CommandId = "pause", Pause = new() },
            Add(ScenePosition.Last, "the panda is swimming.", 12, "last"),
            new() { CommandId = "resume", Resume = new() },
            new() { CommandId = "stop", Stop = new() { AfterScenes = true } }])
        {
            var first = await StoryCalls.SteerAsync(addresses, id, command);
            Assert.Equal(first.Answer, (await StoryCalls.SteerAsync(addresses, id, command)).Answer);
        }
    }
}
