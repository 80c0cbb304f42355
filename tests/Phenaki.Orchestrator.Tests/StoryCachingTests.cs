using Phenaki.Caching;
using Phenaki.Common.V1;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests;

/// <summary>What the cache saves, and that it never changes a story.</summary>
public sealed class StoryCachingTests
{
    private static readonly StoryRequest Story = StoryWorld.Story(("a", 17), ("b", 9), ("c", 20), ("d", 4));

    private readonly MemoryCacheStore _store = new(TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Run_SameStoryAgain_CallsNoModelAndSendsTheSameBytes()
    {
        var cold = await new StoryWorld(_store).RunAsync(Story, Cancellation);
        var world = new StoryWorld(_store);
        var warm = await world.RunAsync(Story, Cancellation);
        Assert.Equal(0, world.Calls);
        Assert.Equal(cold.Pixels(), warm.Pixels());
        Assert.Equal((await new StoryWorld().RunAsync(Story, Cancellation)).Pixels(), warm.Pixels());
        var account = warm.Account();
        Assert.Equal((0, 0, 0, 0), (account.EncodePromptsCalls, account.SampleTokensCalls, account.DecodeVideoCalls, account.EncodeVideoCalls));
        Assert.Equal(4, account.PromptsFromCache);
        Assert.All(
            warm.OfType<StoryEvent.SceneFinished>().SelectMany(scene => scene.Clips),
            clip => Assert.True(clip is { TokensFromCache: true, FramesFromCache: true }));
        Assert.Empty(warm.OfType<StoryEvent.Progress>());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_EditedScene_SamplesFromThatSceneOn(int edited)
    {
        await new StoryWorld(_store).RunAsync(Story, Cancellation);
        var world = new StoryWorld(_store);
        var story = Story with { Scenes = [.. Story.Scenes.Select((scene, i) => i == edited ? scene with { Prompt = "other" } : scene)] };
        var events = await world.RunAsync(story, Cancellation);
        var clips = events.OfType<StoryEvent.Accepted>().Single().Scenes.Select(scene => scene.Clips).ToArray();
        Assert.Equal(clips.Skip(edited).Sum(), world.Masked.Calls);
        Assert.All(world.Masked.Clips, clip => Assert.InRange(clip.Scene, edited, 3));
        Assert.Equal(["other"], world.Text.Prompts);
        Assert.Equal((await new StoryWorld().RunAsync(story, Cancellation)).Pixels(), events.Pixels());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_SceneWithASeedOfItsOwn_SamplesFromThatSceneOn(int changed)
    {
        await new StoryWorld(_store).RunAsync(Story, Cancellation);
        var world = new StoryWorld(_store);
        var story = Story with { Scenes = [.. Story.Scenes.Select((scene, i) => i == changed ? scene with { Seed = 43 } : scene)] };
        var events = await world.RunAsync(story, Cancellation);
        var clips = events.OfType<StoryEvent.Accepted>().Single().Scenes.Select(scene => scene.Clips).ToArray();
        Assert.Equal(clips.Skip(changed).Sum(), world.Masked.Calls);
        Assert.All(world.Masked.Clips, clip => Assert.Equal(clip.Scene == changed ? 43UL : 42UL, clip.Seed));
        Assert.Equal((await new StoryWorld().RunAsync(story, Cancellation)).Pixels(), events.Pixels());
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_SceneWithTheStorysSeedAsItsOwn_IsTheSameStory()
    {
        await new StoryWorld(_store).RunAsync(Story, Cancellation);
        var world = new StoryWorld(_store);
        await world.RunAsync(Story with { Scenes = [.. Story.Scenes.Select(scene => scene with { Seed = 42 })] }, Cancellation);
        Assert.Equal(0, world.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_OtherPriority_IsPassedOnAndSharesEverything()
    {
        var batch = new StoryWorld(_store);
        await batch.RunAsync(Story with { Priority = Priority.Batch }, Cancellation);
        Assert.All(batch.Masked.Clips, clip => Assert.Equal(Priority.Batch, clip.Priority));
        var interactive = new StoryWorld(_store);
        await interactive.RunAsync(Story with { Priority = Priority.Interactive }, Cancellation);
        Assert.Equal(0, interactive.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_OtherSettings_ShareNothing()
    {
        await new StoryWorld(_store).RunAsync(Story, Cancellation);
        foreach (var other in new[]
        {
            Story with { Seed = 43 },
            Story with { NegativePrompt = "n" },
            Story with { OpeningFrames = [new byte[FakeModels.Geometry.FrameBytes]] },
            Story with { Sampling = Story.Sampling with { Steps = 4 } },
            Story with { Sampling = Story.Sampling with { GuidanceScale = 4 } },
            Story with { Sampling = Story.Sampling with { Temperature = 0.5f } },
            Story with { Sampling = Story.Sampling with { ChoiceTemperature = 1 } },
        })
        {
            var world = new StoryWorld(_store);
            var events = await world.RunAsync(other, Cancellation);
            Assert.Equal(events.OfType<StoryEvent.Accepted>().Single().Scenes.Sum(scene => scene.Clips), world.Masked.Calls);
            Assert.Equal(ReferenceStory.Frames(other, other.Seed!.Value).Count, events.Frames().Count());
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_OpeningFramesWithTheSameEnd_AreTheSameStory()
    {
        var frames = Enumerable.Range(0, 7).Select(i => (ReadOnlyMemory<byte>)FakeModels.Bytes(FakeModels.Geometry.FrameBytes, i)).ToList();
        await new StoryWorld(_store).RunAsync(Story with { OpeningFrames = frames }, Cancellation);
        var world = new StoryWorld(_store);
        await world.RunAsync(Story with { OpeningFrames = [.. frames.Skip(2)] }, Cancellation);
        Assert.Equal(0, world.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_BrokenOffInAnyClip_GoesOnWhereItBroke()
    {
        var whole = await new StoryWorld().RunAsync(Story, Cancellation);
        var clips = whole.Account().SampleTokensCalls;
        for (var broken = 1; broken <= clips; broken++)
        {
            var store = new MemoryCacheStore(TimeProvider.System);
            var first = new StoryWorld(store);
            first.Masked.OnCall = (call, _) => call == broken ? throw Refusal("masked-transformer") : Task.CompletedTask;
            await Assert.ThrowsAsync<ModelServiceException>(() => first.RunAsync(Story, Cancellation));
            var second = new StoryWorld(store);
            Assert.Equal(whole.Pixels(), (await second.RunAsync(Story, Cancellation)).Pixels());
            Assert.Equal(clips - broken + 1, second.Masked.Calls);
            Assert.Equal(0, second.Text.Calls);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_BrokenOffWhileDecoding_DoesNotSampleTheClipAgain()
    {
        var first = new StoryWorld(_store);
        first.Video.Decoder.OnCall = (call, _) => call == 2 ? throw Refusal("video-tokenizer") : Task.CompletedTask;
        await Assert.ThrowsAsync<ModelServiceException>(() => first.RunAsync(Story, Cancellation));
        var second = new StoryWorld(_store);
        await second.RunAsync(Story, Cancellation);
        Assert.DoesNotContain(second.Masked.Clips, clip => clip is { Scene: 0, Clip: 1 });
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_ContinuedStory_EncodesItsEndAndSamplesTheRest()
    {
        await new StoryWorld(_store).RunAsync(Story, Cancellation);
        var world = new StoryWorld(_store);
        var longer = Story with { Scenes = [.. Story.Scenes, new StoryScene("e", 6)] };
        var events = await world.RunAsync(longer, Cancellation);
        Assert.Equal((1, 1, 1), (world.Video.Encoder.Calls, world.Masked.Calls, world.Video.Decoder.Calls));
        Assert.Equal((await new StoryWorld().RunAsync(longer, Cancellation)).Pixels(), events.Pixels());
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_FramesLostFromTheCache_DecodesWithoutSampling()
    {
        var cold = await new StoryWorld(_store).RunAsync(Story, Cancellation);
        foreach (var (key, value) in _store.Values)
        {
            // Frames are the only values of 8-bit numbers.
            if (CacheValue.TryDecode(value, out var stored) is null && stored!.DataType == CacheDataType.UInt8)
            {
                Assert.True(_store.Values.TryRemove(key, out _));
            }
        }

        var world = new StoryWorld(_store);
        var warm = await world.RunAsync(Story, Cancellation);
        Assert.Equal(cold.Pixels(), warm.Pixels());
        Assert.Equal((0, 0), (world.Masked.Calls, world.Video.Encoder.Calls));
        Assert.Equal(cold.Account().DecodeVideoCalls, world.Video.Decoder.Calls);
        Assert.All(
            warm.OfType<StoryEvent.SceneFinished>().SelectMany(scene => scene.Clips),
            clip => Assert.True(clip is { TokensFromCache: true, FramesFromCache: false }));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_CacheThatFailsInMidStory_ChangesNothing(bool goesDown)
    {
        var plain = await new StoryWorld().RunAsync(Story, Cancellation);
        await new StoryWorld(_store).RunAsync(Story, Cancellation);
        for (var at = 1; at <= 3; at++)
        {
            var store = new MemoryCacheStore(TimeProvider.System);
            foreach (var (key, value) in _store.Values)
            {
                store.Values[key] = value;
            }

            var world = new StoryWorld(store);
            List<StoryEvent> events = [];
            await foreach (var item in world.Events(Story, Cancellation))
            {
                events.Add(item);
                if (item is StoryEvent.SceneStarted started && started.Scene == at)
                {
                    Break(store, goesDown);
                }
            }

            Assert.Equal(plain.Pixels(), events.Pixels());
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_CacheDamagedBeforehand_MakesEverythingAgain()
    {
        var plain = await new StoryWorld(_store).RunAsync(Story, Cancellation);
        Break(_store, goesDown: false);
        var world = new StoryWorld(_store);
        Assert.Equal(plain.Pixels(), (await world.RunAsync(Story, Cancellation)).Pixels());
        Assert.Equal(plain.Account().SampleTokensCalls, world.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_SameStoryTwiceAtOnce_SamplesEveryClipOnce()
    {
        var world = new StoryWorld(_store);
        var bothRun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Masked.OnCall = (_, scope) => bothRun.Task.WaitAsync(scope.CancellationToken);
        var first = world.RunAsync(Story, Cancellation);
        var second = world.RunAsync(Story, Cancellation);
        await Eventually.TrueAsync(() => ValueTask.FromResult(world.Masked.InFlight == 1), Cancellation);
        bothRun.SetResult();
        var stories = await Task.WhenAll(first, second);
        Assert.Equal(stories[0].Pixels(), stories[1].Pixels());
        Assert.Equal(stories[0].OfType<StoryEvent.Accepted>().Single().Scenes.Sum(scene => scene.Clips), world.Masked.Calls);
        Assert.Equal(world.Masked.Calls, stories.Sum(story => story.Account().SampleTokensCalls));
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_SameStoryTwiceAndTheFirstLeaves_GoesOnForTheSecond()
    {
        var world = new StoryWorld(_store);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Masked.OnCall = (call, scope) => call == 1 ? held.Task.WaitAsync(scope.CancellationToken) : Task.CompletedTask;
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var first = world.RunAsync(Story, leave.Token);
        await Eventually.TrueAsync(() => ValueTask.FromResult(world.Masked.InFlight == 1), Cancellation);
        var second = world.RunAsync(Story, Cancellation);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(ReferenceStory.Frames(Story, 42).Count, (await second).Frames().Count());
    }

    private static ModelServiceException Refusal(string service) => new(service, ModelServiceFailure.Refused, "test");

    private static void Break(MemoryCacheStore store, bool goesDown)
    {
        store.IsDown = goesDown;
        foreach (var (key, value) in store.Values)
        {
            var damaged = value.ToArray();
            damaged[damaged.Length / 2] ^= 1;
            store.Values[key] = damaged;
        }
    }
}
