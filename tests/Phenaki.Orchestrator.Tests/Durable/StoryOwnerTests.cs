using Grpc.Core;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Tests.Durable;

/// <summary>Stories belong to the API key that has them made.</summary>
public sealed class StoryOwnerTests
{
    private static readonly string Mine = ApiKey.Create("film-club", Enumerable.Repeat((byte)7, ApiKey.SecretBytes).ToArray());
    private static readonly string Theirs = ApiKey.Create("school", Enumerable.Repeat((byte)8, ApiKey.SecretBytes).ToArray());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Calls_WithAnotherKey_FindNothing()
    {
        await using var redis = await RedisServerProcess.StartAsync(Cancellation);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("keys.json"), new ApiKeyFile { Keys = [Entry(Mine) with { ConcurrentStories = 1 }, Entry(Theirs)] }.ToJson(), Cancellation);
        await using var mesh = await new FakeMesh().StartAsync(
            Cancellation, ("Redis", redis.Address), ("Stories:AdvertisedAddress", "127.0.0.1"), ("ApiKeys:File", folder.Of("keys.json")));
        await mesh.ReadyAsync(Cancellation);
        await mesh.StoriesAsync(Cancellation);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mesh.Masked.OnCall = (_, scope) => held.Task.WaitAsync(scope.CancellationToken);

        var mine = await CreateAsync(mesh, Mine);
        var second = await CreateAsync(mesh, Mine, "another");
        var theirs = await CreateAsync(mesh, Theirs);

        // The key may have one made at a time; the other key is not kept waiting by that, nor by who watches.
        using var watch = mesh.Client.WatchStory(new() { Id = mine.Id }, Headers(Mine), cancellationToken: Cancellation);
        using var watchToo = mesh.Client.WatchStory(new() { Id = mine.Id }, Headers(Mine), cancellationToken: Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation) && await watchToo.ResponseStream.MoveNext(Cancellation));
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.Calls == 2), Cancellation);
        Assert.Equal(StoryState.Queued, (await mesh.Client.GetStoryAsync(new() { Id = second.Id }, Headers(Mine), cancellationToken: Cancellation)).Story.State);

        Assert.NotEqual(mine.Id, theirs.Id);
        Assert.Equal([second.Id, mine.Id], await ListAsync(mesh, Mine));
        Assert.Equal([theirs.Id], await ListAsync(mesh, Theirs));
        await AssertNotFoundAsync(mesh.Client.GetStoryAsync(new() { Id = mine.Id }, Headers(Theirs), cancellationToken: Cancellation).ResponseAsync);
        await AssertNotFoundAsync(mesh.Client.CancelStoryAsync(new() { Id = mine.Id }, Headers(Theirs), cancellationToken: Cancellation).ResponseAsync);
        await AssertNotFoundAsync(mesh.Client.DeleteStoryAsync(new() { Id = mine.Id }, Headers(Theirs), cancellationToken: Cancellation).ResponseAsync);
        using var watchTheirs = mesh.Client.WatchStory(new() { Id = mine.Id }, Headers(Theirs), cancellationToken: Cancellation);
        await AssertNotFoundAsync(watchTheirs.ResponseStream.MoveNext(Cancellation));

        held.SetResult();
        await Eventually.TrueAsync(
            async () => (await mesh.Client.GetStoryAsync(new() { Id = second.Id }, Headers(Mine), cancellationToken: Cancellation)).Story.State == StoryState.Succeeded,
            Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task Stories_OfTwoKeys_AreMadeInTurnHoweverManyOneOfThemHas()
    {
        await using var redis = await RedisServerProcess.StartAsync(Cancellation);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("keys.json"), new ApiKeyFile { Keys = [Entry(Mine), Entry(Theirs)] }.ToJson(), Cancellation);
        await using var mesh = await new FakeMesh().StartAsync(
            Cancellation,
            ("Redis", redis.Address), ("Stories:AdvertisedAddress", "127.0.0.1"), ("Stories:MaxRunning", "1"), ("ApiKeys:File", folder.Of("keys.json")));
        await mesh.ReadyAsync(Cancellation);
        await mesh.StoriesAsync(Cancellation);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mesh.Masked.OnCall = (_, scope) => held.Task.WaitAsync(scope.CancellationToken);
        List<(string Key, string Id)> stories = [];
        foreach (var (key, count) in new[] { (Mine, 12), (Theirs, 3) })
        {
            for (var i = 0; i < count; i++)
            {
                stories.Add((key, (await CreateAsync(mesh, key, $"{i}")).Id));
            }
        }

        held.SetResult();
        List<(string Key, DateTime Start)> made = [];
        foreach (var (key, id) in stories)
        {
            WireStory story = null!;
            await Eventually.TrueAsync(
                async () => (story = (await mesh.Client.GetStoryAsync(new() { Id = id }, Headers(key), cancellationToken: Cancellation)).Story).State == StoryState.Succeeded,
                Cancellation);
            made.Add((key, story.StartTime.ToDateTime()));
        }

        // The first of mine had begun before there was any of theirs.
        Assert.Equal(
            [Mine, Theirs, Mine, Theirs, Mine, Theirs, .. Enumerable.Repeat(Mine, 9)], made.OrderBy(story => story.Start).Select(story => story.Key));
    }

    private static async Task AssertNotFoundAsync(Task call) =>
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);

    private static async Task<WireStory> CreateAsync(FakeMesh mesh, string key, string name = "one") => (await mesh.Client.CreateStoryAsync(
        new() { RequestId = name, Story = new() { Scenes = { new Scene { Prompt = "a", Frames = 1 } } } }, Headers(key), cancellationToken: Cancellation)).Story;

    private static async Task<IEnumerable<string>> ListAsync(FakeMesh mesh, string key) =>
        (await mesh.Client.ListStoriesAsync(new(), Headers(key), cancellationToken: Cancellation)).Stories.Select(story => story.Id);

    private static ApiKeyEntry Entry(string key) => new() { Id = ApiKey.IdOf(key)!, Sha256 = ApiKey.Hash(key) };

    private static Metadata Headers(string key) => new() { { "authorization", $"Bearer {key}" } };
}
