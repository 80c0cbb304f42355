using CsCheck;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.Durable;
using Phenaki.Orchestrator.Stories;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests.Durable;

/// <summary>The director between its journal, on a real Redis, and the story loop, which is played here.</summary>
public sealed class StoryDirectorTests : IAsyncLifetime
{
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    private readonly StoryCommandRules _rules = new(new(), new());
    private RedisServerProcess _redis = null!;
    private StoryStore _store = null!;
    private int _stories;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static StoryPlanner Planner => FakeModels.Set.Planner;

    private StoryJournal Journal => new(_store);

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServerProcess.StartAsync(Cancellation);
        _store = new(
            Options.Create(new DurableStoryOptions()),
            Options.Create(new OrchestratorOptions { Redis = _redis.Address }),
            new(() => throw new InvalidOperationException("This Redis speaks no TLS.")),
            TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Next_WhateverIsCommandedAndWhereverItIsTakenUp_HasTheClipsOfTheStoryThatItCameToBe()
    {
        var moves =
            from kind in Gen.Int[0, 9]
            from number in Gen.Int[0, 6]
            from frames in Gen.Int[1, 30]
            select (kind, number, frames);
        var stories =
            from scenes in Gen.Int[1, 40].Array[1, 4]
            from opening in Gen.Int[0, 7]
            from script in moves.Array[0, 25]
            select (scenes, opening, script);
        await stories.SampleAsync(
            async story =>
            {
                var id = await BeginAsync();
                var request = new GenerateStoryRequest { Scenes = { story.scenes.Select((frames, i) => Scene($"s{i}", frames)) } };
                var seat = await Seat.TakeAsync(this, id, request, story.opening);
                foreach (var (kind, number, frames) in story.script)
                {
                    if (kind < 4)
                    {
                        await seat.MakeAsync();
                    }
                    else if (kind == 4)
                    {
                        // Killed here, after the frames of its clips are written or within them, and taken up elsewhere.
                        seat.Dispose();
                        seat = await Seat.TakeAsync(this, id, request, story.opening);
                    }
                    else
                    {
                        await seat.GiveAsync(Command(kind, number, frames));
                    }
                }

                await seat.GiveAsync(Commands.Resume);
                await seat.GiveAsync(Commands.StopAfterScenes);
                while (await seat.MakeAsync())
                {
                    // To its end.
                }

                var whole = seat.Director.Timeline.Scenes.Select(scene => (int)scene.Frames).ToList();
                Assert.All(whole, frames => Assert.True(frames > 0));
                Assert.Equal(
                    Planner.Plan(whole, Planner.PrefixFrames(story.opening)).Select(clip => clip with { LastOfScene = false }),
                    seat.Clips.Select(clip => clip.Plan with { LastOfScene = false }));
                Assert.Equal(
                    seat.Clips.Select(clip => clip.Scene.Prompt), seat.Clips.Select(clip => seat.Director.Timeline.Scenes[clip.Plan.Scene].Prompt));
                seat.Dispose();
            },
            iter: 150,
            threads: 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Give_WhereAnotherDirectsTheSameStory_IsAConflictUntilItIsTakenUpAnew()
    {
        var id = await BeginAsync();
        var request = new GenerateStoryRequest { Scenes = { Scene("a", 30) } };
        using var one = await Seat.TakeAsync(this, id, request, 0);
        using var other = await Seat.TakeAsync(this, id, request, 0);
        await one.MakeAsync();
        await Assert.ThrowsAsync<JournalConflictException>(() => other.Director.GiveAsync(Named(Commands.Pause, "p"), false, NoPlanner));

        // Nobody knows now what it would go on with.
        await Assert.ThrowsAsync<JournalConflictException>(() => other.Director.GiveAsync(Named(Commands.Pause, "q"), false, NoPlanner));
        await Assert.ThrowsAsync<JournalConflictException>(async () => await other.Director.NextAsync(Cancellation));

        await other.Director.BeginAsync(Planner, Cancellation);
        Assert.Equal(11u, (await other.Director.GiveAsync(Named(Commands.Pause, "p"), false, NoPlanner)).FromFrame);
        await Assert.ThrowsAsync<JournalConflictException>(() => one.MakeAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Give_BeforeTheStoryIsTakenUp_FindsOutHowItIsCut()
    {
        var id = await BeginAsync();
        var request = new GenerateStoryRequest { Scenes = { Scene("a", 30) } };
        using (var seat = await Seat.TakeAsync(this, id, request, 0))
        {
            await seat.MakeAsync();
            await seat.MakeAsync();
        }

        using var pen = new StoryPen(id, Journal, Retention);
        using var director = new StoryDirector(id, request, 0, pen, Journal, new(), _rules, TimeProvider.System);
        await director.OpenAsync(Cancellation);
        await Assert.ThrowsAsync<RpcException>(() => director.GiveAsync(
            Named(Commands.Pause, "p"), false, () => Task.FromException<StoryPlanner>(new RpcException(new(StatusCode.Unavailable, "away")))));
        Assert.Equal(17u, (await director.GiveAsync(Named(Commands.Pause, "p"), false, () => Task.FromResult(Planner))).FromFrame);
    }

    private static StoryCommand Command(int kind, int number, int frames) => kind switch
    {
        5 => Commands.Add((ScenePosition)(number % 4), ($"a{frames}", (uint)frames), ($"b{frames}", 3)),
        6 => Commands.Change((uint)number, $"c{frames}", (uint)frames),
        7 => Commands.Remove((uint)number, (uint)(frames % 3)),
        8 => Commands.Pause,
        _ => Commands.Resume,
    };

    private static Scene Scene(string prompt, int frames) => new() { Prompt = prompt, Frames = (uint)frames };

    private static StoryCommand Named(StoryCommand command, string name)
    {
        command.CommandId = name;
        return command;
    }

    private static Task<StoryPlanner> NoPlanner() => throw new InvalidOperationException("It knows already.");

    private async Task<string> BeginAsync()
    {
        var id = StoryId.Of("", $"{_stories++}");
        await Journal.BeginAsync(id, [], Retention, Cancellation);
        return id;
    }

    /// <summary>A process that makes a story: a frame event stands for each clip.</summary>
    private sealed class Seat : IDisposable
    {
        private readonly StoryPen _pen;
        private long _stored;
        private int _given;

        private Seat(StoryPen pen, StoryDirector director) => (_pen, Director) = (pen, director);

        public StoryDirector Director { get; }

        public List<ScriptedClip> Clips { get; } = [];

        public static async Task<Seat> TakeAsync(StoryDirectorTests test, string id, GenerateStoryRequest request, int opening)
        {
            var pen = new StoryPen(id, test.Journal, Retention);
            var director = new StoryDirector(id, request, opening, pen, test.Journal, new(), test._rules, TimeProvider.System);
            await director.OpenAsync(Cancellation);
            var seat = new Seat(pen, director);
            seat._stored = await director.BeginAsync(Planner, Cancellation);
            return seat;
        }

        /// <summary>Makes the next clip, if there is one.</summary>
        public async Task<bool> MakeAsync()
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var next = Director.NextAsync(late.Token).AsTask();
            if (Director.Timeline is { IsEnding: false } timeline && (Made >= timeline.Frames || Made >= timeline.PausedFrom))
            {
                await late.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
                return false;
            }

            if (await next is not { } clip)
            {
                return false;
            }

            Clips.Add(clip);
            if (_stored-- <= 0)
            {
                await _pen.WriteAsync(
                    number => new() { Number = number, Frame = new() { Frame = new() { Index = (uint)(clip.Plan.FirstFrame + clip.Plan.NewFrames - 1) } } }, Cancellation);
            }

            return true;
        }

        public async Task GiveAsync(StoryCommand command)
        {
            try
            {
                var answer = await Director.GiveAsync(Named(command, $"{GetHashCode()}-{_given++}"), false, NoPlanner);
                Assert.True(answer.FromFrame >= Made || command.CommandCase is StoryCommand.CommandOneofCase.Resume or StoryCommand.CommandOneofCase.Pause);
            }
            catch (RpcException refusal) when (refusal.StatusCode is StatusCode.FailedPrecondition or StatusCode.InvalidArgument)
            {
                // Not every random command makes sense.
            }
        }

        public void Dispose()
        {
            Director.Dispose();
            _pen.Dispose();
        }

        private uint Made => (uint)Clips.Sum(clip => clip.Plan.NewFrames);
    }
}
