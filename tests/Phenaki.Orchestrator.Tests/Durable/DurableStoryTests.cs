using System.Collections.Concurrent;
using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;
using Phenaki.Testing.Services;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Tests.Durable;

/// <summary>Stories that outlive their clients, as those see them; a Redis for each test, models that take no time.</summary>
public sealed class DurableStoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string StoriesVariable = "PHENAKI_TEST_STORIES";
    private const int Timeout = 120_000;

    private RedisServerProcess _redis = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _redis = await RedisServerProcess.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact(Timeout = Timeout)]
    public async Task CreateStory_Watched_HasTheFramesOfGenerateStory()
    {
        await using var mesh = await StartAsync();
        var created = await CreateAsync(mesh, Request());
        Assert.Equal((StoryState.Queued, 37u, 42UL), (created.State, created.Frames, created.Seed));

        var events = await WatchAsync(mesh, created.Id);

        AssertWhole(events);
        Assert.Equal(await GeneratedAsync(mesh), Pixels(events));
        var story = await GetAsync(mesh, created.Id);
        Assert.Equal((StoryState.Succeeded, 37u, 1u, (ulong)events.Max(item => item.Number)), (story.State, story.FramesMade, story.Scene, story.Events));
        Assert.Null(story.Error);
        Assert.True(story.CreateTime <= story.StartTime && story.StartTime <= story.EndTime && story.EndTime < story.ExpireTime);
        Assert.Equal(["a", "b"], story.Request.Scenes.Select(scene => scene.Prompt));
    }

    [Fact(Timeout = Timeout)]
    public async Task WatchStory_FromAnyNumber_HasWhatComesAfterIt()
    {
        await using var mesh = await StartAsync();
        var created = await CreateAsync(mesh, Request());
        var all = Numbered(await WatchAsync(mesh, created.Id));
        foreach (var after in new[] { 1, 2, 17, all.Count - 1 })
        {
            Assert.Equal(all.Skip(after), Numbered(await WatchAsync(mesh, created.Id, (ulong)after)));
        }

        Assert.Empty(await WatchAsync(mesh, created.Id, (ulong)all.Count));
    }

    [Fact(Timeout = Timeout)]
    public async Task CreateStory_WithANameAgain_IsTheSameStoryAndAnotherBodyIsRefused()
    {
        await using var mesh = await StartAsync();
        var first = await CreateAsync(mesh, Request(), "mine");
        var again = await CreateAsync(mesh, Request(), "mine");
        await WatchAsync(mesh, first.Id);
        var late = await CreateAsync(mesh, Request(), "mine");
        Assert.Equal(first.Id, again.Id);
        Assert.Equal((first.Id, StoryState.Succeeded), (late.Id, late.State));
        Assert.NotEqual(first.Id, (await CreateAsync(mesh, Request())).Id);

        var other = Request();
        other.Scenes[0].Prompt = "c";
        var refusal = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(mesh, other, "mine"));
        Assert.Equal((StatusCode.AlreadyExists, "REQUEST_ID_TAKEN"), (refusal.StatusCode, refusal.Detail<ErrorInfo>().Reason));
    }

    [Fact(Timeout = Timeout)]
    public async Task CancelStory_InTheMiddle_EndsItAndFreesTheServices()
    {
        await using var mesh = await StartAsync();
        mesh.Masked.OnCall = (call, scope) => call > 2 ? HoldAsync(scope) : Task.CompletedTask;
        var created = await CreateAsync(mesh, Request());
        var watching = WatchAsync(mesh, created.Id);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.Calls > 2), Cancellation);
        Assert.Equal(StoryState.Running, (await GetAsync(mesh, created.Id)).State);

        var cancelled = (await mesh.Client.CancelStoryAsync(new() { Id = created.Id }, cancellationToken: Cancellation)).Story;

        Assert.Equal(StoryState.Cancelled, cancelled.State);
        var events = await watching;
        Assert.Equal(StoryState.Cancelled, events[^1].StateChanged.State);
        Assert.Equal(Enumerable.Range(1, Numbered(events).Count).Select(i => (ulong)i), Numbered(events).Select(item => item.Number));
        Assert.InRange(cancelled.FramesMade, 1u, 36u);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.InFlight == 0), Cancellation);
        Assert.Equal(cancelled.EndTime, (await mesh.Client.CancelStoryAsync(new() { Id = created.Id }, cancellationToken: Cancellation)).Story.EndTime);
    }

    [Fact(Timeout = Timeout)]
    public async Task DeleteStory_InTheMiddle_ForgetsIt()
    {
        await using var mesh = await StartAsync();
        mesh.Masked.OnCall = (call, scope) => call > 1 ? HoldAsync(scope) : Task.CompletedTask;
        var created = await CreateAsync(mesh, Request(), "mine");
        var watching = WatchAsync(mesh, created.Id);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.Calls > 1), Cancellation);

        await mesh.Client.DeleteStoryAsync(new() { Id = created.Id }, cancellationToken: Cancellation);

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => watching)).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(mesh, created.Id))).StatusCode);
        Assert.Empty((await mesh.Client.ListStoriesAsync(new(), cancellationToken: Cancellation)).Stories);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.InFlight == 0), Cancellation);

        mesh.Masked.OnCall = (_, _) => Task.CompletedTask;
        AssertWhole(await WatchAsync(mesh, (await CreateAsync(mesh, Request(), "mine")).Id));
    }

    [Fact(Timeout = Timeout)]
    public async Task ListStories_PageAfterPage_HasEveryStoryOnceNewestFirst()
    {
        await using var mesh = await StartAsync();
        List<string> ids = [];
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await CreateAsync(mesh, Request(frames: 1))).Id);
            await WatchAsync(mesh, ids[^1]);
        }

        mesh.Masked.OnCall = (_, scope) => HoldAsync(scope);
        var running = await CreateAsync(mesh, Request(seed: 43));
        ids.Add(running.Id);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.InFlight > 0), Cancellation);

        ids.Reverse();
        Assert.Equal(ids, await ListAsync(mesh, 3));
        Assert.Equal(ids, await ListAsync(mesh, 0));
        Assert.Equal(ids[1..], await ListAsync(mesh, 2, StoryState.Succeeded));
        Assert.Equal([running.Id], await ListAsync(mesh, 2, StoryState.Queued, StoryState.Running));
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => mesh.Client.ListStoriesAsync(new() { PageSize = 1_001, PageToken = "x", States = { StoryState.Unspecified } }, cancellationToken: Cancellation).ResponseAsync);
        Assert.Equal(["page_size", "page_token", "states"], refusal.Fields());
    }

    /// <summary>The variable <see cref="StoriesVariable"/> asks for more than some hundreds.</summary>
    [Fact(Timeout = 30 * Timeout)]
    public async Task ListStories_ManyFinishedWhileTwentyRun_HasEveryStoryOnceNewestFirst()
    {
        const int Running = 20;
        var count = int.Parse(Environment.GetEnvironmentVariable(StoriesVariable) ?? "300", CultureInfo.InvariantCulture);
        await using var mesh = await StartAsync(("Stories:MaxRunning", "20"), ("Stories:MaxRunningPerKey", "20"));
        var finished = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (i, _) =>
        {
            var story = await CreateAsync(mesh, new() { Scenes = { new Scene { Prompt = "a", Frames = 1 } }, Seed = (ulong)i });
            Assert.Equal(StoryState.Succeeded, (await WatchAsync(mesh, story.Id))[^1].StateChanged.State);
            finished.Add(story.Id);
        });

        // A story runs from its first step on.
        mesh.Masked.OnStep = (_, step, scope) => step > 1 ? HoldAsync(scope) : Task.CompletedTask;
        List<string> running = [];
        for (var i = 0; i < Running; i++)
        {
            running.Add((await CreateAsync(mesh, Request(seed: (ulong)i))).Id);
        }

        await Eventually.TrueAsync(async () => (await ListAsync(mesh, 100, StoryState.Running)).Count == Running, Cancellation);

        running.Reverse();
        var start = TimeProvider.System.GetTimestamp();
        var all = await ListAsync(mesh, 100);
        output.WriteLine($"{all.Count} stories in pages of 100: {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds / Math.Ceiling(all.Count / 100.0)} ms a page.");
        Assert.Equal(running, all[..Running]);
        Assert.Equal(finished.Order(), all[Running..].Order());
        Assert.Equal(all[Running..], await ListAsync(mesh, 1_000, StoryState.Succeeded));
        Assert.Equal(running, await ListAsync(mesh, 7, StoryState.Running));
        Assert.Empty(await ListAsync(mesh, 100, StoryState.Failed, StoryState.Cancelled, StoryState.Queued));
    }

    [Fact(Timeout = Timeout)]
    public async Task WatchStory_AcrossReplicas_HasEveryEventOnceThoughTheFirstLeaves()
    {
        await using var first = await StartAsync(("Stories:ReminderPeriod", "00:00:01"));
        await using var second = await StartAsync(("Stories:ReminderPeriod", "00:00:01"));
        foreach (var mesh in new[] { first, second })
        {
            mesh.Masked.OnCall = (call, scope) => call > 1 && !first.Orchestrator.Lifetime.ApplicationStopping.IsCancellationRequested
                ? HoldAsync(scope, first.Orchestrator.Lifetime.ApplicationStopping)
                : Task.CompletedTask;
        }

        var stories = new List<WireStory>();
        for (var i = 0; i < 6; i++)
        {
            stories.Add(await CreateAsync(first, Request(seed: (ulong)i)));
        }

        var watching = stories.Select(story => WatchAsync(second, story.Id)).ToList();
        await Eventually.TrueAsync(() => ValueTask.FromResult(first.Masked.InFlight + second.Masked.InFlight == 6), Cancellation);
        await first.Orchestrator.StopAsync(Cancellation);

        for (var i = 0; i < stories.Count; i++)
        {
            var events = await watching[i];
            AssertWhole(events);
            Assert.Equal(await GeneratedAsync(second, (ulong)i), Pixels(events));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task CreateStory_InAProcessThatEnds_IsTakenUpByTheNext()
    {
        string id;
        List<WatchStoryResponse> before = [];
        await using (var first = await StartAsync())
        {
            first.Masked.OnCall = (call, scope) => call > 3 ? HoldAsync(scope) : Task.CompletedTask;
            id = (await CreateAsync(first, Request())).Id;
            await Eventually.TrueAsync(() => ValueTask.FromResult(first.Masked.Calls > 3), Cancellation);
            using var call = first.Client.WatchStory(new() { Id = id }, cancellationToken: Cancellation);
            while (before.LastOrDefault()?.Frame?.Frame.Index != 16)
            {
                Assert.True(await call.ResponseStream.MoveNext(Cancellation));
                before.Add(call.ResponseStream.Current);
            }
        }

        await using var second = await StartAsync(("Stories:ReminderPeriod", "00:00:01"));
        await Eventually.TrueAsync(async () => (await GetAsync(second, id)).State == StoryState.Succeeded, Cancellation);
        var after = await WatchAsync(second, id, Numbered(before)[^1].Number);

        AssertWhole([.. before, .. after]);
        Assert.Equal(await GeneratedAsync(second), Pixels([.. before, .. after]));
        Assert.InRange(second.Masked.Calls, 1, 3);
    }

    [Fact(Timeout = Timeout)]
    public async Task CreateStory_MoreThanMayWait_IsRefused()
    {
        await using var mesh = await StartAsync(("Stories:MaxRunning", "1"), ("Stories:MaxWaiting", "2"));
        mesh.Masked.OnCall = (_, scope) => HoldAsync(scope);
        await CreateAsync(mesh, Request());
        await CreateAsync(mesh, Request());
        var last = await CreateAsync(mesh, Request());
        var refusal = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(mesh, Request()));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.NotNull(refusal.Detail<RetryInfo>());
        Assert.Equal("TOO_MANY_STORIES", refusal.Detail<ErrorInfo>().Reason);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.Calls > 0), Cancellation);
        Assert.Equal(1, mesh.Masked.Calls);

        await mesh.Client.DeleteStoryAsync(new() { Id = last.Id }, cancellationToken: Cancellation);
        await CreateAsync(mesh, Request());
    }

    [Fact(Timeout = Timeout)]
    public async Task CreateStory_ThatAServiceRefuses_FailsWithItsReason()
    {
        await using var mesh = await StartAsync();
        mesh.Masked.OnCall = (_, _) => throw new RpcException(new(StatusCode.FailedPrecondition, "no such model"));
        var events = await WatchAsync(mesh, (await CreateAsync(mesh, Request())).Id);
        Assert.Equal((StoryState.Failed, (int)StatusCode.FailedPrecondition), (events[^1].StateChanged.State, events[^1].StateChanged.Error.Code));
        Assert.Contains("no such model", events[^1].StateChanged.Error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task CreateStory_WhileAServiceIsAway_WaitsForIt()
    {
        await using var mesh = await StartAsync(("MaxResumptionDelay", "00:00:00.100"));
        mesh.Masked.OnCall = (call, _) => call < 12 ? throw new RpcException(new(StatusCode.Unavailable, "away")) : Task.CompletedTask;
        var events = await WatchAsync(mesh, (await CreateAsync(mesh, Request())).Id);
        AssertWhole(events);
        Assert.Equal(await GeneratedAsync(mesh), Pixels(events));
    }

    [Fact(Timeout = Timeout)]
    public async Task GetStory_AfterItExpired_IsNotFound()
    {
        await using var mesh = await StartAsync(("Stories:Retention", "00:00:10"));
        var id = (await CreateAsync(mesh, Request())).Id;
        await WatchAsync(mesh, id);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await GetAsync(mesh, id);
                    return false;
                }
                catch (RpcException missing) when (missing.StatusCode == StatusCode.NotFound)
                {
                    return true;
                }
            },
            Cancellation);
        Assert.Empty(await ListAsync(mesh, 10));
    }

    [Fact(Timeout = Timeout)]
    public async Task Calls_WithoutARedis_NameTheSetting()
    {
        await using var mesh = await (await new FakeMesh().StartAsync(Cancellation)).ReadyAsync(Cancellation);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(mesh, Request()));
        Assert.Equal((StatusCode.FailedPrecondition, "NO_STORY_STORE"), (refusal.StatusCode, refusal.Detail<ErrorInfo>().Reason));
        Assert.Contains("Orchestrator:Redis", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(mesh, "x"))).StatusCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task CreateStory_Wrong_NamesEveryField()
    {
        await using var mesh = await StartAsync();
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => mesh.Client.CreateStoryAsync(new() { RequestId = "a b" }, cancellationToken: Cancellation).ResponseAsync);
        Assert.Equal(["request_id", "story"], refusal.Fields());
        refusal = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(mesh, new()));
        Assert.Equal(["scenes"], refusal.Fields());
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(mesh, "x"))).StatusCode);
    }

    private static Task HoldAsync(Orchestrator.Clients.CallScope scope, CancellationToken until = default)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        until.Register(() => held.TrySetResult());
        return held.Task.WaitAsync(scope.CancellationToken);
    }

    internal static GenerateStoryRequest Request(uint frames = 17, ulong seed = 42) => new()
    {
        Scenes = { new Scene { Prompt = "a", Frames = frames }, new Scene { Prompt = "b", Frames = 20 } },
        Seed = seed,
    };

    internal static async Task<WireStory> CreateAsync(FakeMesh mesh, GenerateStoryRequest request, string name = "") =>
        (await mesh.Client.CreateStoryAsync(new() { RequestId = name, Story = request }, cancellationToken: Cancellation)).Story;

    internal static async Task<WireStory> GetAsync(FakeMesh mesh, string id) =>
        (await mesh.Client.GetStoryAsync(new() { Id = id }, cancellationToken: Cancellation)).Story;

    internal static async Task<List<WatchStoryResponse>> WatchAsync(FakeMesh mesh, string id, ulong after = 0)
    {
        using var call = mesh.Client.WatchStory(new() { Id = id, After = after }, cancellationToken: Cancellation);
        return await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }

    private static async Task<List<string>> ListAsync(FakeMesh mesh, uint size, params StoryState[] states)
    {
        List<string> ids = [];
        HashSet<string> seen = [];
        for (var token = ""; ;)
        {
            var page = await mesh.Client.ListStoriesAsync(new() { PageSize = size, PageToken = token, States = { states } }, cancellationToken: Cancellation);
            ids.AddRange(page.Stories.Select(story => story.Id));

            // Pages that come again would never end.
            Assert.All(page.Stories, story => Assert.True(seen.Add(story.Id)));
            token = page.NextPageToken;
            if (token.Length == 0)
            {
                return ids;
            }
        }
    }

    internal static async Task<string> GeneratedAsync(FakeMesh mesh, ulong seed = 42)
    {
        using var call = mesh.Client.GenerateStory(Request(seed: seed), cancellationToken: Cancellation);
        return string.Concat((await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation))
            .Where(item => item.Frame is not null).Select(item => Convert.ToHexString(item.Frame.Frame.Rgb.Span)));
    }

    internal static string Pixels(IEnumerable<WatchStoryResponse> events) =>
        string.Concat(events.Where(item => item.Frame is not null).Select(item => Convert.ToHexString(item.Frame.Frame.Rgb.Span)));

    private static List<WatchStoryResponse> Numbered(IEnumerable<WatchStoryResponse> events) => [.. events.Where(item => item.Number > 0)];

    internal static void AssertWhole(IReadOnlyList<WatchStoryResponse> events)
    {
        var numbered = Numbered(events);
        Assert.Equal(Enumerable.Range(1, numbered.Count).Select(i => (ulong)i), numbered.Select(item => item.Number));
        Assert.NotNull(numbered[0].Accepted);
        Assert.NotNull(numbered[^2].Finished);
        Assert.Equal(StoryState.Succeeded, numbered[^1].StateChanged.State);
        Assert.Equal(Enumerable.Range(0, 37).Select(i => (uint)i), numbered.Where(item => item.Frame is not null).Select(item => item.Frame.Frame.Index));
        Assert.Equal(2, numbered.Count(item => item.SceneStarted is not null));
        Assert.Equal(2, numbered.Count(item => item.SceneFinished is not null));
    }

    private async Task<FakeMesh> StartAsync(params (string Name, string Value)[] settings)
    {
        var mesh = await new FakeMesh().StartAsync(
            Cancellation, [("Redis", _redis.Address), ("Stories:AdvertisedAddress", "127.0.0.1"), .. settings]);
        await mesh.ReadyAsync(Cancellation);
        await mesh.StoriesAsync(Cancellation);
        return mesh;
    }
}
