using CsCheck;
using Phenaki.Orchestrator.Stories;
using Phenaki.Orchestrator.Tests.Fakes;

namespace Phenaki.Orchestrator.Tests;

/// <summary>What comes out of the loop: the frames of the paper's loop, and events in their order.</summary>
public sealed class StoryLoopTests
{
    private static readonly Gen<StoryRequest> Stories =
        from prompts in Gen.Int[0, 3].Array[1, 5]
        from frames in Gen.Int[1, 40].Array[prompts.Length]
        from seeds in Gen.ULong.Nullable().Array[prompts.Length]
        from opening in Gen.Int[0, 8]
        from negative in Gen.Bool
        from seed in Gen.ULong
        select new StoryRequest
        {
            Scenes = [.. prompts.Zip(frames, seeds).Select(scene => new StoryScene($"prompt {scene.First} x{scene.First}", scene.Second) { Seed = scene.Third })],
            NegativePrompt = negative ? "blurred" : null,
            OpeningFrames = [.. Enumerable.Range(0, opening).Select(i => (ReadOnlyMemory<byte>)FakeModels.Bytes(FakeModels.Geometry.FrameBytes, "opening", i))],
            Sampling = FakeModels.DefaultSampling,
            Seed = seed,
        };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Run_AnyStory_ShowsTheFramesOfThePapersLoop() =>
        await Stories.SampleAsync(
            async story =>
            {
                var events = await new StoryWorld().RunAsync(story, Cancellation);
                var expected = ReferenceStory.Frames(story, story.Seed!.Value);
                Assert.Equal(expected.Select(Hex), events.Frames().Select(frame => Hex(frame.Rgb)));
                Assert.Equal(Enumerable.Range(0, expected.Count), events.Frames().Select(frame => frame.Index));
            },
            iter: 40);

    [Fact(Timeout = 120_000)]
    public async Task Run_AnyStory_SendsItsEventsInOrder() =>
        await Stories.SampleAsync(async story => AssertOrder(story, await new StoryWorld().RunAsync(story, Cancellation)), iter: 40);

    [Fact(Timeout = 60_000)]
    public async Task Run_Story_AccountsForEveryCall()
    {
        var world = new StoryWorld();
        var events = await world.RunAsync(StoryWorld.Story(("a", 17), ("b", 6), ("a", 3)), Cancellation);
        var account = Assert.IsType<StoryEvent.Finished>(events[^1]).Account;
        Assert.Equal((2, 4, 4, 3), (account.EncodePromptsCalls, account.SampleTokensCalls, account.DecodeVideoCalls, account.EncodeVideoCalls));
        Assert.Equal((1, 4, 4, 3), (world.Text.Calls, world.Masked.Calls, world.Video.Decoder.Calls, world.Video.Encoder.Calls));
        Assert.Equal([2, 1, 1], events.OfType<StoryEvent.SceneFinished>().Select(scene => scene.Clips.Count));
        Assert.Equal([11, 6, 6, 3], events.OfType<StoryEvent.SceneFinished>().SelectMany(scene => scene.Clips).Select(clip => clip.Frames));
        Assert.All(
            events.OfType<StoryEvent.SceneFinished>().SelectMany(scene => scene.Clips),
            clip => Assert.False(clip.TokensFromCache || clip.FramesFromCache));
        Assert.Equal(account.Stages.Values.Sum(spent => spent.Ticks), account.Total.Ticks, tolerance: TimeSpan.FromSeconds(30).Ticks);
        Assert.All(account.Stages.Values, spent => Assert.InRange(spent, TimeSpan.Zero, account.Total));
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_EqualPrompts_AreEncodedOnceDownOneStream()
    {
        var world = new StoryWorld();
        await world.RunAsync(StoryWorld.Story(("a", 1), ("b", 1), ("a", 1)) with { NegativePrompt = "b" }, Cancellation);
        Assert.Equal(1, world.Text.Calls);
        Assert.Equal(["a", "b"], world.Text.Prompts.Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_Accepted_TellsPlanSeedAndUnknownWords()
    {
        var world = new StoryWorld(seeds: new StoryWorld.FixedSeed(99));
        var events = await world.RunAsync(StoryWorld.Story(("a xyz", 12), ("b", 3)) with { Seed = null }, Cancellation);
        var accepted = Assert.IsType<StoryEvent.Accepted>(events[0]);
        Assert.Equal((99UL, 15), (accepted.Seed, accepted.Frames));
        Assert.Equal([("a xyz", 12, 2), ("b", 3, 1)], accepted.Scenes.Select(scene => (scene.Prompt, scene.Frames, scene.Clips)));
        Assert.Equal(["xyz"], accepted.Scenes[0].UnknownWords);
        Assert.All(world.Masked.Clips, clip => Assert.Equal(99UL, clip.Seed));
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_NextClip_IsSampledWhileFramesLeave()
    {
        var world = new StoryWorld();
        var shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Masked.OnCall = (call, scope) => call == 2 ? shown.Task.WaitAsync(scope.CancellationToken) : Task.CompletedTask;
        var frames = 0;
        await foreach (var item in world.Events(StoryWorld.Story(("a", 17)), Cancellation))
        {
            // Without frames that leave meanwhile, the second clip would wait for them, and they for it.
            if (item is StoryEvent.Frame && ++frames == 11)
            {
                shown.SetResult();
            }
        }

        Assert.Equal(17, frames);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(24)]
    public async Task Run_SlowReader_HoldsNoMoreFramesThanAllowed(int buffered)
    {
        var world = new StoryWorld(configure: options => options.BufferedFrames = buffered);
        var read = 0;
        await foreach (var item in world.Events(StoryWorld.Story(("a", 200)), Cancellation))
        {
            if (item is StoryEvent.Frame)
            {
                read++;
                await Task.Yield();

                // Clips of 11 and then 6 frames: what is sampled is shown, is held, or is the clip that waits.
                var sampled = 11 + (6 * (world.Masked.Calls - 1));
                Assert.InRange(sampled - read, 0, buffered + 11 + 6);
            }
        }

        Assert.Equal(200, read);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_ReaderThatStops_SamplesAtMostTheNextClip()
    {
        var world = new StoryWorld(configure: options => options.BufferedFrames = 11);
        await using var events = world.Events(StoryWorld.Story(("a", 200)), Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await events.MoveNextAsync());
        await Testing.Eventually.TrueAsync(() => ValueTask.FromResult(world.Video.Decoder.Calls == 2), Cancellation);
        for (var i = 0; i < 200; i++)
        {
            await Task.Yield();
        }

        Assert.Equal(2, world.Masked.Calls);
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    private static void AssertOrder(StoryRequest story, List<StoryEvent> events)
    {
        using var rest = events.GetEnumerator();
        var accepted = Assert.IsType<StoryEvent.Accepted>(Next());
        var index = 0;
        for (var scene = 0; scene < story.Scenes.Count; scene++)
        {
            Assert.Equal(new StoryEvent.SceneStarted(scene), Next());
            List<StoryEvent> inScene = [];
            while (Next() is not StoryEvent.SceneFinished)
            {
                inScene.Add(rest.Current);
            }

            var finished = (StoryEvent.SceneFinished)rest.Current;
            Assert.Equal(scene, finished.Scene);
            Assert.Equal(accepted.Scenes[scene].Clips, finished.Clips.Count);
            Assert.Equal(Enumerable.Range(0, finished.Clips.Count), finished.Clips.Select(clip => clip.Clip));
            using var expected = inScene.GetEnumerator();
            foreach (var clip in finished.Clips)
            {
                for (var step = 1; step <= story.Sampling.Steps + FakeMaskedTransformer.Revisions; step++)
                {
                    Assert.True(expected.MoveNext());
                    Assert.Equal(new StoryEvent.Progress(scene, clip.Clip, step, story.Sampling.Steps + FakeMaskedTransformer.Revisions), expected.Current);
                }

                for (var frame = 0; frame < clip.Frames; frame++)
                {
                    Assert.True(expected.MoveNext());
                    var shown = Assert.IsType<StoryEvent.Frame>(expected.Current);
                    Assert.Equal((scene, index++), (shown.Scene, shown.Index));
                }
            }

            Assert.False(expected.MoveNext());
            Assert.Equal(story.Scenes[scene].Frames, finished.Clips.Sum(clip => clip.Frames));
        }

        Assert.Equal(index, Assert.IsType<StoryEvent.Finished>(Next()).Frames);
        Assert.False(rest.MoveNext());

        StoryEvent Next()
        {
            Assert.True(rest.MoveNext());
            return rest.Current;
        }
    }
}
