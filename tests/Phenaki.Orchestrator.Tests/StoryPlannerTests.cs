using CsCheck;
using Phenaki.Geometry;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Tests;

public sealed class StoryPlannerTests
{
    private static readonly StoryPlanner Shipped = new(new(64, 64, 8, 8, 2), clipLatentFrames: 6, prefixFrames: 5);

    [Fact]
    public void Plan_ShippedModel_FillsClipsAndDropsNothingButTheEnd()
    {
        Assert.Equal(
            [
                new ClipPlan(0, 0, 0, 0, 0, 6, 11, false),
                new ClipPlan(0, 1, 11, 5, 3, 6, 6, true),
                new ClipPlan(1, 0, 17, 5, 3, 4, 1, true),
                new ClipPlan(2, 0, 18, 5, 3, 6, 6, false),
                new ClipPlan(2, 1, 24, 5, 3, 4, 2, true),
            ],
            Shipped.Plan([17, 1, 8], openingFrames: 0));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 5)]
    [InlineData(300, 5)]
    public void Plan_WithOpeningFrames_StartsFromTheirLongestWholeEnd(int opening, int prefix) =>
        Assert.Equal(prefix, Shipped.Plan([40], opening).First().PrefixFrames);

    [Fact]
    public void Plan_AfterShortScenes_TakesNoLongerPrefixThanThereIs() =>
        Assert.Equal([0, 1, 1, 3, 3, 5], Shipped.Plan([1, 1, 1, 1, 1, 1], 0).Select(clip => clip.PrefixFrames));

    [Fact]
    public void Plan_AnyStory_KeepsItsRules()
    {
        var stories =
            from temporalPatch in Gen.Int[1, 4]
            from prefixLatent in Gen.Int[1, 4]
            from clipLatent in Gen.Int[prefixLatent + 1, 9]
            from opening in Gen.Int[0, 30]
            from scenes in Gen.Int[1, 60].Array[1, 8]
            select (temporalPatch, prefixLatent, clipLatent, opening, scenes);
        stories.Sample(story =>
        {
            var geometry = new VideoGeometry(8, 8, 8, 8, story.temporalPatch);
            var k = geometry.Frames(story.prefixLatent);
            var planner = new StoryPlanner(geometry, story.clipLatent, k);
            var made = 0;
            var inScene = new int[story.scenes.Length];
            var clips = new int[story.scenes.Length];
            foreach (var clip in planner.Plan(story.scenes, story.opening))
            {
                var shown = story.opening + made;
                Assert.Equal(made, clip.FirstFrame);
                Assert.Equal(clips[clip.Scene]++, clip.Clip);
                Assert.Equal(shown == 0 ? 0 : geometry.LargestWholeClip(Math.Min(k, shown)), clip.PrefixFrames);
                Assert.Equal(clip.PrefixFrames == 0 ? 0 : geometry.LatentFrames(clip.PrefixFrames), clip.PrefixLatentFrames);
                Assert.InRange(clip.LatentFrames, clip.PrefixLatentFrames + 1, story.clipLatent);
                var room = geometry.Frames(clip.LatentFrames) - clip.PrefixFrames;
                Assert.InRange(clip.NewFrames, 1, room);
                Assert.True(room - clip.NewFrames < geometry.FramesIn(clip.LatentFrames - 1), "A whole latent frame is dropped.");
                made += clip.NewFrames;
                inScene[clip.Scene] += clip.NewFrames;
                Assert.Equal(inScene[clip.Scene] == story.scenes[clip.Scene], clip.LastOfScene);
                Assert.True(clip.LastOfScene || (clip.NewFrames == room && clip.LatentFrames == story.clipLatent), "A clip in mid-scene is not full.");
            }

            Assert.Equal(story.scenes, inScene);
            Assert.Equal(clips, planner.CountClips(story.scenes, story.opening));
        });
    }

    [Fact]
    public void Plan_OfTheLongestStory_TakesNoMemory()
    {
        var scenes = Enumerable.Repeat(10_000, 1_000).ToArray();
        var frames = 0L;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var clip in Shipped.Plan(scenes, 0))
        {
            frames += clip.NewFrames;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.Equal(10_000_000, frames);
    }

    [Theory]
    [InlineData(6, 6)]
    [InlineData(3, 5)]
    public void Constructor_PrefixWithoutRoomOrNoWholeClip_Throws(int clipLatentFrames, int prefixFrames) =>
        Assert.Throws<ArgumentException>(() => new StoryPlanner(FakeGeometry, clipLatentFrames, prefixFrames));

    private static VideoGeometry FakeGeometry => new(64, 64, 8, 8, 2);
}
