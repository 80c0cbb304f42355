using Google.Rpc;
using Grpc.Core;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;
using Phenaki.Testing.Services;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Tests.Durable;

/// <summary>Stories that are directed while they are made; a Redis for each test, models that take no time and clips that wait to be let through.</summary>
public sealed class DirectedStoryTests : IAsyncLifetime
{
    private const int Timeout = 120_000;

    private RedisServerProcess _redis = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _redis = await RedisServerProcess.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact(Timeout = Timeout)]
    public async Task AddScenes_Now_TakesEffectAtTheNextClipBorder()
    {
        await using var mesh = await StartAsync();
        using var gate = new ClipGate(mesh);
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 40), ("b", 8)), Cancellation);
        gate.Pass(1);
        await gate.BegunAsync(2, Cancellation);

        // The second clip is in work: it ends with frame 16.
        Assert.Equal(17u, await director.TakenAsync(Commands.Add(ScenePosition.Now, ("c", 9))));
        Assert.Equal(34u, (await director.GiveAsync(Commands.StopAfterScenes)).Frames);
        gate.Open();
        await director.Ended;

        AssertWhole(director.Events, 34);
        await AssertCameToBeAsync(mesh, director, ("a", 17), ("c", 9), ("b", 8));
        Assert.Equal(["a", "c", "b"], director.Events.Where(item => item.SceneStarted is not null).Select(item => item.SceneStarted.Planned.Prompt));
        var directed = director.Events.Where(item => item.Directed is not null).Select(item => item.Directed).ToList();
        Assert.Equal([(17u, 34u, false), (34u, 34u, false)], directed.Select(item => (item.FromFrame, item.Frames, item.IsServiceMade)));
    }

    [Fact(Timeout = Timeout)]
    public async Task AddScenes_Now_LeavesTheSceneThatIsCutOffItsOwnSeed()
    {
        await using var mesh = await StartAsync();
        using var gate = new ClipGate(mesh);
        var request = Request(("a", 40));
        request.Scenes[0].Seed = 7;
        using var director = await DirectedCall.BeginAsync(mesh, request, Cancellation);
        await gate.BegunAsync(1, Cancellation);
        var added = Commands.Add(ScenePosition.Now, ("c", 9));
        added.AddScenes.Scenes[0].Seed = 8;
        await director.TakenAsync(added);
        await director.TakenAsync(Commands.StopAfterScenes);
        gate.Open();
        await director.Ended;

        var story = await GetAsync(mesh, director.Story.Id);
        Assert.Equal([("a", 7UL), ("c", 8UL)], story.Request.Scenes.Select(scene => (scene.Prompt, scene.Seed)));
        var shown = Pixels(director.Events);
        await FlushCacheAsync();
        Assert.Equal(shown, await GeneratedAsync(mesh, story.Request));
    }

    [Fact(Timeout = Timeout)]
    public async Task AddScenes_NextAndLast_StandWhereTheyShall()
    {
        await using var mesh = await StartAsync();
        using var gate = new ClipGate(mesh);
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 17), ("b", 5)), Cancellation);
        await gate.BegunAsync(1, Cancellation);
        Assert.Equal(22u, await director.TakenAsync(Commands.Add(ScenePosition.Unspecified, ("z", 3))));
        Assert.Equal(17u, await director.TakenAsync(Commands.Add(ScenePosition.Next, ("n", 4), ("m", 2))));
        Assert.Equal(17u, await director.TakenAsync(Commands.Change(1, "k", 6)));
        Assert.Equal(25u, await director.TakenAsync(Commands.Remove(3, 1)));
        await director.TakenAsync(Commands.StopAfterScenes);
        gate.Open();
        await director.Ended;
        await AssertCameToBeAsync(mesh, director, ("a", 17), ("k", 6), ("m", 2), ("z", 3));
    }

    [Fact(Timeout = Timeout)]
    public async Task AddScenes_AfterThoseThatThereWere_GoesOnWhereTheStoryWaits()
    {
        await using var mesh = await StartAsync();
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation);
        await director.SeesAsync(item => item.Waiting is { IsPaused: false });
        var waiting = await GetAsync(mesh, director.Story.Id);
        Assert.Equal((StoryState.Running, 11u, false), (waiting.State, waiting.FramesMade, waiting.Direction.Waiting.IsPaused));
        Assert.True(waiting.Direction.Waiting.UntilTime > waiting.CreateTime);

        Assert.Equal(11u, await director.TakenAsync(Commands.Add(ScenePosition.Last, ("b", 0))));
        await Eventually.TrueAsync(() => ValueTask.FromResult(director.Frames == 28), Cancellation);
        Assert.Equal(28u, await director.TakenAsync(Commands.Stop));
        await director.Ended;
        AssertWhole(director.Events, 28);
        await AssertCameToBeAsync(mesh, director, ("a", 11), ("b", 17));
    }

    [Fact(Timeout = Timeout)]
    public async Task Pause_InTheMiddle_HoldsTheStoryAfterTheClip()
    {
        await using var mesh = await StartAsync();
        using var gate = new ClipGate(mesh);
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 29)), Cancellation);
        await gate.BegunAsync(1, Cancellation);
        Assert.Equal(11u, await director.TakenAsync(Commands.Pause));
        Assert.Equal(11u, await director.TakenAsync(Commands.Pause));
        gate.Pass(2);
        await director.SeesAsync(item => item.Waiting is { IsPaused: true });
        Assert.Equal((11, 1), (director.Frames, mesh.Masked.Calls));
        Assert.True((await GetAsync(mesh, director.Story.Id)).Direction.IsPaused);

        Assert.Equal(11u, await director.TakenAsync(Commands.Add(ScenePosition.Now, ("b", 12))));
        Assert.Equal(11u, await director.TakenAsync(Commands.Resume));
        await gate.BegunAsync(3, Cancellation);
        Assert.Equal(23u, await director.TakenAsync(Commands.Stop));
        gate.Open();
        await director.Ended;
        AssertWhole(director.Events, 23);
        await AssertCameToBeAsync(mesh, director, ("a", 11), ("b", 12));
    }

    [Fact(Timeout = Timeout)]
    public async Task Stop_WhileItPauses_EndsTheStoryAndDropsWhatComes()
    {
        await using var mesh = await StartAsync();
        using var gate = new ClipGate(mesh);
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 40), ("b", 8)), Cancellation);
        await gate.BegunAsync(1, Cancellation);
        await director.TakenAsync(Commands.Pause);
        Assert.Equal(11u, await director.TakenAsync(Commands.Stop));
        gate.Open();
        await director.Ended;
        AssertWhole(director.Events, 11);
        await AssertCameToBeAsync(mesh, director, ("a", 11));
        Assert.Equal("STORY_ENDED", await ReasonAsync(mesh, director.Story.Id, Commands.Pause));
    }

    [Fact(Timeout = Timeout)]
    public async Task Stop_BeforeAnythingIsMade_LeavesOneClip()
    {
        await using var mesh = await StartAsync(("Stories:MaxRunning", "1"));
        using var gate = new ClipGate(mesh);
        using var first = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation);
        await gate.BegunAsync(1, Cancellation);
        using var second = await DirectedCall.BeginAsync(mesh, Request(("b", 30)), Cancellation);
        Assert.Equal(0u, await second.TakenAsync(Commands.Add(ScenePosition.Now, ("c", 30))));
        Assert.Equal(0u, await second.TakenAsync(Commands.Pause));
        Assert.Equal(StoryState.Queued, (await GetAsync(mesh, second.Story.Id)).State);
        Assert.Equal(11u, await second.TakenAsync(Commands.Stop));
        await first.TakenAsync(Commands.Stop);
        gate.Open();
        await Task.WhenAll(first.Ended, second.Ended);
        await AssertCameToBeAsync(mesh, second, ("c", 11));
    }

    [Fact(Timeout = Timeout)]
    public async Task Steer_TheSameCommandAgain_DoesNothingAgain()
    {
        await using var mesh = await StartAsync();
        using var gate = new ClipGate(mesh);
        var id = (await CreateAsync(mesh, Request(("a", 17)))).Id;
        await gate.BegunAsync(1, Cancellation);
        var add = Commands.Add(ScenePosition.Last, ("b", 0));
        add.CommandId = "add-1";
        var first = await SteerAsync(mesh, id, add);
        gate.Pass(1);
        await gate.BegunAsync(2, Cancellation);
        var again = await SteerAsync(mesh, id, add);
        Assert.Equal(first.Answer, again.Answer);
        Assert.Equal((17u, 34u, 1u), (first.Answer.FromFrame, first.Answer.Frames, again.Story.Direction.Commands));

        var other = Commands.Add(ScenePosition.Last, ("c", 0));
        other.CommandId = "add-1";
        var refusal = await Assert.ThrowsAsync<RpcException>(() => SteerAsync(mesh, id, other));
        Assert.Equal((StatusCode.AlreadyExists, "COMMAND_ID_TAKEN"), (refusal.StatusCode, refusal.Detail<ErrorInfo>().Reason));

        // Without a name each is one of its own, and is given one.
        var unnamed = await SteerAsync(mesh, id, Commands.Add(ScenePosition.Last, ("d", 2)));
        Assert.NotEqual("", unnamed.Answer.CommandId);
        Assert.NotEqual(unnamed.Answer.CommandId, (await SteerAsync(mesh, id, Commands.Add(ScenePosition.Last, ("d", 2)))).Answer.CommandId);
        await SteerAsync(mesh, id, Commands.StopAfterScenes);
        gate.Open();
        await Eventually.TrueAsync(async () => (await GetAsync(mesh, id)).State == StoryState.Succeeded, Cancellation);
        Assert.Equal(first.Answer, (await SteerAsync(mesh, id, add)).Answer);
        Assert.Equal(["a", "b", "d", "d"], (await GetAsync(mesh, id)).Request.Scenes.Select(scene => scene.Prompt));
    }

    [Fact(Timeout = Timeout)]
    public async Task Steer_WhatTheStoryDoesNotTake_IsRefusedAndChangesNothing()
    {
        await using var mesh = await StartAsync(("Stories:MaxCommands", "2"), ("MaxScenes", "4"));
        using var gate = new ClipGate(mesh);
        var id = (await CreateAsync(mesh, Request(("a", 17), ("b", 5)))).Id;
        await gate.BegunAsync(1, Cancellation);
        Assert.Equal("SCENE_BEGUN", await ReasonAsync(mesh, id, Commands.Change(0, "x", 1)));
        Assert.Equal("SCENE_BEGUN", await ReasonAsync(mesh, id, Commands.Remove(0, 1)));
        Assert.Equal("TOO_MANY_SCENES", await ReasonAsync(mesh, id, Commands.Add(ScenePosition.Last, ("x", 1), ("x", 1), ("x", 1))));
        Assert.Equal(["change_scene.scene"], await FieldsAsync(mesh, id, Commands.Change(2, "x", 1)));
        Assert.Equal(["remove_scenes.count"], await FieldsAsync(mesh, id, Commands.Remove(1, 2)));
        Assert.Equal(["change_scene.to.prompt", "change_scene.to.frames"], await FieldsAsync(mesh, id, Commands.Change(1, "", 10_001)));
        Assert.Equal(["change_scene.to"], await FieldsAsync(mesh, id, new() { ChangeScene = new() { Scene = 1 } }));
        Assert.Equal(["add_scenes.scenes"], await FieldsAsync(mesh, id, Commands.Add(ScenePosition.Last)));
        Assert.Equal(["add_scenes.scenes[1].prompt", "add_scenes.position"], await FieldsAsync(mesh, id, Commands.Add((ScenePosition)9, ("x", 1), ("\u0001", 1))));
        Assert.Equal(["command_id", "command"], await FieldsAsync(mesh, id, new() { CommandId = "a b" }));
        Assert.Equal(["command"], await FieldsAsync(mesh, id, null));
        Assert.Equal(0u, (await GetAsync(mesh, id)).Direction.Commands);

        await SteerAsync(mesh, id, Commands.Remove(1, 0));
        await SteerAsync(mesh, id, Commands.StopAfterScenes);
        Assert.Equal("STORY_ENDS", await ReasonAsync(mesh, id, Commands.Add(ScenePosition.Last, ("x", 1))));
        Assert.Equal("TOO_MANY_COMMANDS", await ReasonAsync(mesh, id, Commands.Pause));
        Assert.True((await GetAsync(mesh, id)).Direction.IsEnding);
        gate.Open();
        await Eventually.TrueAsync(async () => (await GetAsync(mesh, id)).State == StoryState.Succeeded, Cancellation);
    }

    [Fact(Timeout = Timeout)]
    public async Task Remove_AllScenesOfAStoryThatWaitsForItsTurn_IsRefused()
    {
        await using var mesh = await StartAsync(("Stories:MaxRunning", "1"));
        using var gate = new ClipGate(mesh);
        await CreateAsync(mesh, Request(("a", 1)));
        await gate.BegunAsync(1, Cancellation);
        var id = (await CreateAsync(mesh, Request(("a", 1), ("b", 1)))).Id;
        Assert.Equal("ONLY_SCENE", await ReasonAsync(mesh, id, Commands.Remove(0, 0)));
        Assert.Equal("ONLY_SCENE", await ReasonAsync(mesh, id, Commands.Remove(0, 2)));
        Assert.Equal(0u, (await SteerAsync(mesh, id, Commands.Remove(0, 1))).Answer.FromFrame);
        Assert.Equal(["b"], (await GetAsync(mesh, id)).Request.Scenes.Select(scene => scene.Prompt));
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_ACommandThatIsRefused_IsAnsweredAndEndsNothing()
    {
        await using var mesh = await StartAsync();
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation);
        await director.SeesAsync(item => item.Waiting is not null);
        var answer = await director.GiveAsync(Commands.Change(7, "x", 1));
        Assert.Equal((int)StatusCode.InvalidArgument, answer.Error.Code);
        Assert.Contains("change_scene.scene", answer.Error.Message, StringComparison.Ordinal);
        await director.TakenAsync(Commands.Stop);
        await director.Ended;
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_WithoutWhatItNeeds_IsRefused()
    {
        await using var mesh = await StartAsync();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => DirectedCall.OpenAsync(mesh.Client, new() { Command = Commands.Pause }, Cancellation));
        Assert.Equal(["message"], refusal.Fields());
        refusal = await Assert.ThrowsAsync<RpcException>(() => DirectedCall.JoinAsync(mesh, new string('0', 32), 0, Cancellation));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
        refusal = await Assert.ThrowsAsync<RpcException>(() => DirectedCall.BeginAsync(mesh, new(), Cancellation));
        Assert.Equal(["scenes"], refusal.Fields());

        var plain = (await mesh.Client.CreateStoryAsync(new() { Story = Request(("a", 1)) }, cancellationToken: Cancellation)).Story;
        Assert.Null(plain.Direction);
        refusal = await Assert.ThrowsAsync<RpcException>(() => DirectedCall.JoinAsync(mesh, plain.Id, 0, Cancellation));
        Assert.Equal("NOT_DIRECTED", refusal.Detail<ErrorInfo>().Reason);
        Assert.Equal("NOT_DIRECTED", await ReasonAsync(mesh, plain.Id, Commands.Pause));

        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 1)), Cancellation);
        await director.SendAsync(new() { Join = new() { Id = plain.Id } });
        refusal = await Assert.ThrowsAsync<RpcException>(() => director.Ended);
        Assert.Equal(["command"], refusal.Fields());
        Assert.Equal(StoryState.Running, (await RunningAsync(mesh, director.Story.Id)).State);
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_ByTwo_BothHearOfEverything()
    {
        await using var mesh = await StartAsync();
        using var first = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation, "mine");
        using var second = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation, "mine");
        using var third = await DirectedCall.JoinAsync(mesh, first.Story.Id, 5, Cancellation);
        Assert.Equal(first.Story.Id, second.Story.Id);
        await second.CompleteAsync();
        await first.TakenAsync(Commands.Add(ScenePosition.Last, ("b", 6)));
        await third.TakenAsync(Commands.StopAfterScenes);
        await Task.WhenAll(first.Ended, second.Ended, third.Ended);
        AssertWhole(first.Events, 17);
        Assert.Equal(Numbered(first.Events), Numbered(second.Events));
        Assert.Equal(Numbered(first.Events).Skip(5), Numbered(third.Events));
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => mesh.Client.CreateStoryAsync(new() { RequestId = "mine", Story = Request(("a", 11)) }, cancellationToken: Cancellation).ResponseAsync);
        Assert.Equal(StatusCode.AlreadyExists, refusal.StatusCode);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Direct_WhenNoCommandComes_EndsAfterAWhile(bool isPaused)
    {
        await using var mesh = await StartAsync(("Stories:MaxDirectionWait", "00:00:01"));
        using var gate = new ClipGate(mesh);
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", isPaused ? 40u : 11u)), Cancellation);
        await gate.BegunAsync(1, Cancellation);
        if (isPaused)
        {
            await director.TakenAsync(Commands.Pause);
        }

        gate.Open();
        await director.Ended;
        AssertWhole(director.Events, 11);
        Assert.True(director.Events.Last(item => item.Directed is not null).Directed.IsServiceMade);
        await AssertCameToBeAsync(mesh, director, ("a", 11));
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_ByADirectorWhoRests_GoesOnButNotByOneWhoNeverBegins()
    {
        await using var mesh = await StartAsync(("Stories:MaxDirectionWait", "00:00:02"), ("Limits:StreamIdleTimeout", "00:00:00.500"));
        using var silent = mesh.Client.DirectStory(cancellationToken: Cancellation);
        var ended = await Assert.ThrowsAsync<RpcException>(() => silent.ResponseStream.MoveNext(Cancellation));
        Assert.Equal("CLIENT_TOO_SLOW", ended.Detail<ErrorInfo>().Reason);

        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation);
        await director.Ended;
        Assert.True(director.Events.Single(item => item.Directed is not null).Directed.IsServiceMade);
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_InAProcessThatEnds_IsTakenUpByTheNextWithItsCommands()
    {
        string id;
        List<WatchStoryResponse> before;
        await using (var first = await StartAsync())
        {
            using var gate = new ClipGate(first);
            using var director = await DirectedCall.BeginAsync(first, Request(("a", 40), ("b", 6)), Cancellation);
            id = director.Story.Id;
            gate.Pass(1);
            await gate.BegunAsync(2, Cancellation);
            await director.TakenAsync(Commands.Add(ScenePosition.Now, ("c", 20)));
            await director.TakenAsync(Commands.Change(2, "d", 7));
            gate.Pass(2);
            await gate.BegunAsync(4, Cancellation);
            Assert.Equal(29u, await director.TakenAsync(Commands.Pause));
            await Eventually.TrueAsync(() => ValueTask.FromResult(director.Frames == 23), Cancellation);
            before = Numbered(director.Events);
        }

        await using var second = await StartAsync(("Stories:ReminderPeriod", "00:00:01"));
        using var joined = await DirectedCall.JoinAsync(second, id, before[^1].Number, Cancellation);
        Assert.Equal((3u, true, 44u), (joined.Story.Direction.Commands, joined.Story.Direction.IsPaused, joined.Story.Frames));
        await joined.SeesAsync(item => item.Waiting is { IsPaused: true });
        Assert.Equal(29 - 23, joined.Frames);
        Assert.Equal(29u, await joined.TakenAsync(Commands.Resume));
        await joined.TakenAsync(Commands.StopAfterScenes);
        await joined.Ended;

        List<WatchStoryResponse> all = [.. before, .. joined.Events];
        AssertWhole(all, 44);

        // Three clips are in the cache; the fourth was in work when the process ended.
        Assert.Equal(5, second.Masked.Calls);
        await AssertCameToBeAsync(second, joined.Story.Id, all, ("a", 17), ("c", 20), ("d", 7));
    }

    [Fact(Timeout = Timeout)]
    public async Task Direct_AcrossReplicas_GoesOnThoughTheOneWithTheStoryLeaves()
    {
        await using var first = await StartAsync(("Stories:ReminderPeriod", "00:00:01"));
        await using var second = await StartAsync(("Stories:ReminderPeriod", "00:00:01"));
        var directors = new List<DirectedCall>();
        for (var i = 0; i < 4; i++)
        {
            directors.Add(await DirectedCall.BeginAsync(second, Request(("a", 11), ("b", (uint)(6 + i))), Cancellation));
        }

        await Task.WhenAll(directors.Select(director => director.SeesAsync(item => item.Waiting is not null)));
        await first.Orchestrator.StopAsync(Cancellation);
        for (var i = 0; i < 4; i++)
        {
            using var director = directors[i];
            Assert.Equal((uint)(17 + i), await director.TakenAsync(Commands.Add(ScenePosition.Now, ("c", 5))));
            await director.TakenAsync(Commands.StopAfterScenes);
            await director.Ended;
            AssertWhole(director.Events, 22 + i);
            await AssertCameToBeAsync(second, director, ("a", 11), ("b", (uint)(6 + i)), ("c", 5));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task GetStory_WithOpeningFrames_HasAllThatItTakesToMakeItAgain()
    {
        await using var mesh = await StartAsync();
        var request = Request(("a", 11));
        request.Style = "pencil drawing";
        request.NegativePrompt = "rain";
        for (var i = 0; i < 9; i++)
        {
            request.OpeningFrames.Add(Contracts.WireTensor.Frame(i, FakeModels.Bytes(FakeModels.Geometry.FrameBytes, i)));
        }

        using var gate = new ClipGate(mesh);
        using var director = await DirectedCall.BeginAsync(mesh, request, Cancellation);
        await gate.BegunAsync(1, Cancellation);
        Assert.Equal(6u, await director.TakenAsync(Commands.Add(ScenePosition.Now, ("b", 7))));
        await director.TakenAsync(Commands.StopAfterScenes);
        gate.Open();
        await director.Ended;

        var story = (await mesh.Client.GetStoryAsync(new() { Id = director.Story.Id, WithOpeningFrames = true }, cancellationToken: Cancellation)).Story;
        Assert.Equal(5, story.Request.OpeningFrames.Count);
        Assert.Equal([6u, 7u], story.Request.Scenes.Select(scene => scene.Frames));
        await FlushCacheAsync();
        Assert.Equal(Pixels(director.Events), await GeneratedAsync(mesh, story.Request));
    }

    [Fact(Timeout = Timeout)]
    public async Task DeleteStory_UnderDirection_ForgetsItsCommands()
    {
        await using var mesh = await StartAsync();
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation, "mine");
        await director.TakenAsync(Commands.Add(ScenePosition.Last, ("b", 6)));
        await mesh.Client.DeleteStoryAsync(new() { Id = director.Story.Id }, cancellationToken: Cancellation);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => director.Ended)).StatusCode);
        using var again = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation, "mine");
        Assert.Equal((0u, 11u), (again.Story.Direction.Commands, again.Story.Frames));
    }

    [Fact(Timeout = Timeout)]
    public async Task CancelStory_UnderDirection_EndsItAtOnce()
    {
        await using var mesh = await StartAsync();
        using var gate = new ClipGate(mesh);
        using var director = await DirectedCall.BeginAsync(mesh, Request(("a", 11)), Cancellation);
        await gate.BegunAsync(1, Cancellation);
        await mesh.Client.CancelStoryAsync(new() { Id = director.Story.Id }, cancellationToken: Cancellation);
        await director.Ended;
        Assert.Equal(StoryState.Cancelled, director.Events[^1].StateChanged.State);
        Assert.Equal("STORY_ENDED", await ReasonAsync(mesh, director.Story.Id, Commands.Resume));
    }

    private static GenerateStoryRequest Request(params (string Prompt, uint Frames)[] scenes) => new()
    {
        Scenes = { scenes.Select(scene => new Scene { Prompt = scene.Prompt, Frames = scene.Frames }) },
        Seed = 42,
    };

    private static async Task<WireStory> CreateAsync(FakeMesh mesh, GenerateStoryRequest request) =>
        (await mesh.Client.CreateStoryAsync(new() { Story = request, Directed = true }, cancellationToken: Cancellation)).Story;

    private static async Task<WireStory> GetAsync(FakeMesh mesh, string id) =>
        (await mesh.Client.GetStoryAsync(new() { Id = id }, cancellationToken: Cancellation)).Story;

    private static async Task<WireStory> RunningAsync(FakeMesh mesh, string id)
    {
        await Eventually.TrueAsync(async () => (await GetAsync(mesh, id)).State != StoryState.Queued, Cancellation);
        return await GetAsync(mesh, id);
    }

    private static async Task<SteerStoryResponse> SteerAsync(FakeMesh mesh, string id, StoryCommand? command) =>
        await mesh.Client.SteerStoryAsync(new() { Id = id, Command = command }, cancellationToken: Cancellation);

    private static async Task<string> ReasonAsync(FakeMesh mesh, string id, StoryCommand command)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => SteerAsync(mesh, id, command));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        return refusal.Detail<ErrorInfo>().Reason;
    }

    private static async Task<string[]> FieldsAsync(FakeMesh mesh, string id, StoryCommand? command)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => SteerAsync(mesh, id, command));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        return refusal.Fields();
    }

    private static async Task<string> GeneratedAsync(FakeMesh mesh, GenerateStoryRequest request)
    {
        using var call = mesh.Client.GenerateStory(request, cancellationToken: Cancellation);
        return string.Concat((await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation))
            .Where(item => item.Frame is not null).Select(item => Convert.ToHexString(item.Frame.Frame.Rgb.Span)));
    }

    private static string Pixels(IEnumerable<WatchStoryResponse> events) =>
        string.Concat(events.Where(item => item.Frame is not null).Select(item => Convert.ToHexString(item.Frame.Frame.Rgb.Span)));

    private static List<WatchStoryResponse> Numbered(IEnumerable<WatchStoryResponse> events) => [.. events.Where(item => item.Number > 0)];

    private static void AssertWhole(IReadOnlyList<WatchStoryResponse> events, int frames)
    {
        var numbered = Numbered(events);
        Assert.Equal(Enumerable.Range(1, numbered.Count).Select(i => (ulong)i), numbered.Select(item => item.Number));
        Assert.Equal((uint)frames, numbered[^2].Finished.Frames);
        Assert.Equal(StoryState.Succeeded, numbered[^1].StateChanged.State);
        Assert.Equal(Enumerable.Range(0, frames).Select(i => (uint)i), numbered.Where(item => item.Frame is not null).Select(item => item.Frame.Frame.Index));
        var begun = numbered.Where(item => item.SceneStarted is not null).Select(item => item.SceneStarted.Scene).ToList();
        Assert.Equal(Enumerable.Range(0, begun.Count).Select(i => (uint)i), begun);
        Assert.Equal(begun, numbered.Where(item => item.SceneFinished is not null).Select(item => item.SceneFinished.Scene));
    }

    private Task AssertCameToBeAsync(FakeMesh mesh, DirectedCall director, params (string Prompt, uint Frames)[] scenes) =>
        AssertCameToBeAsync(mesh, director.Story.Id, director.Events, scenes);

    /// <summary>The record has these scenes; made from it, without a cache, and as the reference has them, they are the frames that were shown.</summary>
    private async Task AssertCameToBeAsync(FakeMesh mesh, string id, IEnumerable<WatchStoryResponse> events, params (string Prompt, uint Frames)[] scenes)
    {
        var story = await GetAsync(mesh, id);
        Assert.Equal((StoryState.Succeeded, (uint)scenes.Sum(scene => scene.Frames)), (story.State, story.Frames));
        Assert.Equal(story.Frames, story.FramesMade);
        Assert.Equal(scenes, story.Request.Scenes.Select(scene => (scene.Prompt, scene.Frames)));
        var shown = Pixels(events);
        await FlushCacheAsync();
        Assert.Equal(shown, await GeneratedAsync(mesh, story.Request));
        var reference = ReferenceStory.Frames(StoryWorld.Story([.. scenes.Select(scene => (scene.Prompt, (int)scene.Frames))]), story.Seed);
        Assert.Equal(shown, string.Concat(reference.Select(frame => Convert.ToHexString(frame.Span))));
    }

    private async Task FlushCacheAsync()
    {
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(_redis.Address);
        var cached = await redis.GetServers()[0].KeysAsync(pattern: "phenaki:v1:*").ToArrayAsync(Cancellation);
        Assert.NotEmpty(cached);
        await redis.GetDatabase().KeyDeleteAsync(cached);
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
