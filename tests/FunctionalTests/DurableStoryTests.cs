using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Net.Client;
using Phenaki.Story.V1;
using Phenaki.Testing;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.FunctionalTests;

/// <summary>Stories that outlive the processes that make them.</summary>
public sealed partial class DurableStoryTests
{
    private const int Timeout = 300_000;
    private const int Frames = 2 * 29;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Stories_WhoseOrchestratorIsKilled_GoOnAtTheOtherWithTheSameBytes()
    {
        await using var redis = await RedisServerProcess.StartAsync(Token, "--appendonly", "yes");
        await using var mesh = await new ReplicatedMesh(
            "--redis", redis.Address, "--Stories:AdvertisedAddress=127.0.0.1", "--Stories:ReminderPeriod=00:00:02").StartAsync(Token);
        await using var plain = mesh.OrchestratorWith();
        string[] addresses = [.. mesh.Orchestrators.Select(orchestrator => orchestrator.Address)];
        List<StoryWatcher> watchers = [];
        List<WireStory> stories = [];
        for (var i = 0; i < 4; i++)
        {
            stories.Add(await StoryCalls.CreateAsync(addresses[i % 2], Request((ulong)i), $"story-{i}"));
            watchers.Add(new(stories[i].Id, addresses));
        }

        var watching = watchers.Select(watcher => watcher.RunAsync(Token)).ToList();
        await Eventually.TrueAsync(() => ValueTask.FromResult(watchers.All(watcher => watcher.Frames > 0)), Token);

        await mesh.Orchestrators[0].KillAsync();

        // A client that does not know whether its story was taken asks again, elsewhere.
        Assert.Equal(stories[0].Id, (await StoryCalls.CreateAsync(addresses[1], Request(0), "story-0")).Id);
        await Task.WhenAll(watching);
        plain.Start();
        await plain.ReadyAsync(Token);
        for (var i = 0; i < 4; i++)
        {
            watchers[i].AssertWhole(Frames);
            Assert.Equal(StoryState.Succeeded, (await StoryCalls.GetAsync(addresses[1], stories[i].Id)).State);
            Assert.Equal(await StoryCalls.GeneratedAsync(plain.Address, Request((ulong)i)), StoryCalls.Pixels(watchers[i].Events));
        }

        mesh.Orchestrators[0].Start();
        await mesh.Orchestrators[0].ReadyAsync(Token);
        var again = await new StoryWatcher(stories[0].Id, addresses[..1]).RunAsync(Token);
        Assert.Equal(watchers[0].Events, again.Events);
    }

    [Fact(Timeout = Timeout)]
    public async Task Stories_WhoseRedisIsKilled_GoOnWhenItIsBack()
    {
        await using var redis = await RedisServerProcess.StartAsync(Token, "--appendonly", "yes");
        await using var mesh = await new ReplicatedMesh().StartAsync(Token);
        await using var orchestrator = mesh.OrchestratorWith(
            "--redis", redis.Address, "--Stories:AdvertisedAddress=127.0.0.1", "--Stories:ReminderPeriod=00:00:02");
        orchestrator.Start();
        await orchestrator.ReadyAsync(Token);
        var story = await StoryCalls.CreateAsync(orchestrator.Address, Request(1), "");
        var watcher = new StoryWatcher(story.Id, [orchestrator.Address]);
        var watching = watcher.RunAsync(Token);
        await Eventually.TrueAsync(() => ValueTask.FromResult(watcher.Frames > 0), Token);

        await redis.StopAsync();
        await redis.StartAgainAsync(Token);

        await watching;
        watcher.AssertWhole(Frames);
        Assert.Equal(await StoryCalls.GeneratedAsync(mesh.Orchestrators[0].Address, Request(1)), StoryCalls.Pixels(watcher.Events));
    }

    [Fact(Timeout = Timeout)]
    public async Task Serve_KilledAndStartedAgain_GoesOnWithItsStories()
    {
        using var folder = new TemporaryFolder();
        StoryModel.Write(folder.Of("model"));
        var watched = new List<WatchStoryResponse>();
        string[] ids;
        await using (var first = await ServeAsync(folder, "--cache-dir", folder.Of("cache")))
        {
            ids = [(await StoryCalls.CreateAsync(Address(first), Request(1), "")).Id, (await StoryCalls.CreateAsync(Address(first), Request(2), "")).Id];
            using var channel = GrpcChannel.ForAddress(Address(first));
            using var call = new StoryService.StoryServiceClient(channel).WatchStory(new() { Id = ids[0] }, cancellationToken: Token);
            while (watched.Count(item => item.Frame is not null) < 12 && await call.ResponseStream.MoveNext(Token))
            {
                watched.Add(call.ResponseStream.Current);
            }

            await first.KillAsync();
        }

        await using var second = await ServeAsync(folder, "--cache-dir", folder.Of("cache"));
        var last = watched.Last(item => item.Number > 0).Number;
        var rest = new List<WatchStoryResponse>();
        using (var channel = GrpcChannel.ForAddress(Address(second)))
        {
            using var call = new StoryService.StoryServiceClient(channel).WatchStory(new() { Id = ids[0], After = last }, cancellationToken: Token);
            await foreach (var item in call.ResponseStream.ReadAllAsync(Token))
            {
                rest.Add(item);
            }
        }

        // The other one is watched by nobody: it goes on by itself.
        await Eventually.TrueAsync(async () => (await StoryCalls.GetAsync(Address(second), ids[1])).State == StoryState.Succeeded, Token);
        var all = watched.Concat(rest).Where(item => item.Number > 0).ToList();
        Assert.Equal(Enumerable.Range(1, all.Count).Select(number => (ulong)number), all.Select(item => item.Number));
        Assert.Equal(StoryState.Succeeded, all[^1].StateChanged.State);

        await using var plain = await ServeAsync(folder, "--no-cache");
        Assert.Equal(await StoryCalls.GeneratedAsync(Address(plain), Request(1)), StoryCalls.Pixels(all));
        Assert.Equal(
            await StoryCalls.GeneratedAsync(Address(plain), Request(2)), StoryCalls.Pixels((await new StoryWatcher(ids[1], [Address(second)]).RunAsync(Token)).Events));
    }

    private static GenerateStoryRequest Request(ulong seed) => new()
    {
        Seed = seed,
        Scenes = { new Scene { Prompt = "a bear walks on mars.", Frames = 29 }, new Scene { Prompt = "the bear dances.", Frames = 29 } },
        Sampling = new() { Steps = 192 },
    };

    private static async Task<ProgramProcess> ServeAsync(TemporaryFolder folder, params string[] cache)
    {
        var serve = Cli.Start(["serve", "--port", "0", "--model", folder.Of("model"), "--device", "cpu", .. cache]);
        await serve.SaysAsync("Listening at", Token);
        return serve;
    }

    private static string Address(ProgramProcess serve) => ListeningLine().Match(serve.Said).Groups["address"].Value;

    [GeneratedRegex(@"Listening at (?<address>http://[^;\s]+)")]
    private static partial Regex ListeningLine();
}
