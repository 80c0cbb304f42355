using Phenaki.Models;
using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Tests.Judging;

/// <summary>The shipped judge on what the world itself draws: a judge that errs there cannot measure a model.</summary>
public sealed class JudgeTests
{
    [Fact(Timeout = 300_000)]
    public Task See_StoriesOfReadmeAsTheWorldDrawsThem_NamesEveryScene() => Task.Run(
        () =>
        {
            const int FramesPerScene = 12;
            using var judge = Judge.Load(Judge.ShippedFolder, ComputeDevice.Parse("cpu"));
            var world = new StoryWorldDataset();
            foreach (var story in StoryScript.Readme)
            {
                for (ulong seed = 1; seed <= 5; seed++)
                {
                    var scenes = world.DrawStory(story, seed, FramesPerScene).Chunk(StoryWorldDataset.FrameBytes * FramesPerScene);
                    var seen = judge.See([.. scenes.Select(scene => scene[^(JudgeNetwork.Frames * StoryWorldDataset.FrameBytes)..])]);
                    Assert.All(seen.Zip(story.Scenes), pair => Assert.True(pair.First.Agrees(pair.Second.Scene), $"{pair.Second.Scene} was seen as {pair.First}"));
                }
            }
        },
        TestContext.Current.CancellationToken);

    [Fact(Timeout = 300_000)]
    public Task See_RealClips_NamesThem() => Task.Run(
        () =>
        {
            using var judge = Judge.Load(Judge.ShippedFolder, ComputeDevice.Parse("cpu"));
            var world = new StoryWorldDataset();
            var clips = Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? world.Draw(5, (ulong)i, Plain(i)) : world.DrawLater(5, (ulong)i, Plain(i))).ToList();
            var seen = judge.See([.. clips.Select(clip => clip.Rgb)]);

            Assert.InRange(seen.Zip(clips).Count(pair => pair.First.Agrees(pair.Second.Scene)), 62, 64);
        },
        TestContext.Current.CancellationToken);

    private static ClipOptions Plain(int i) => new() { TransitionProbability = 0, HeldOut = i % 4 < 2 };
}
