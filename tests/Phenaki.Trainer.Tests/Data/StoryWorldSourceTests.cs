using Phenaki.Trainer.Data;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tests.Training;

namespace Phenaki.Trainer.Tests.Data;

public sealed class StoryWorldSourceTests
{
    private static readonly WorldConfig Mix = new() { SceneChanges = 0.8, Collages = 0.3, FurtherDeeds = 0.7, Styles = 0.6 };

    // What is measured on held-out combinations stays comparable whatever training draws.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DrawAsync_AMix_DrawsByItWhatIsNotHeldOut(bool heldOut)
    {
        var options = heldOut
            ? new ClipOptions { Frames = 3, HeldOut = true }
            : new ClipOptions { Frames = 3, TransitionProbability = 0.8, CollageProbability = 0.3, FurtherProbability = 0.7, StyleProbability = 0.6 };
        var (source, world) = (new StoryWorldSource(5, Mix), new StoryWorldDataset());
        for (ulong i = 0; i < 40; i++)
        {
            var drawn = await source.DrawAsync(new ClipDraw(i, (long)i, 3, heldOut), _ => false, TestContext.Current.CancellationToken);
            var expected = world.Draw(5, i, options);
            Assert.Equal(expected.Caption, drawn.Caption);
            Assert.Equal(expected.TransitionFrame, drawn.TransitionFrame);
            Assert.Equal(expected.Rgb, drawn.Rgb);
        }
    }

    [Fact]
    public void Violations_SharesOutOfRange_AreNamed() =>
        Assert.Equal(
            ["world.scene_changes is 1.5; allowed are 0 to 1", "world.styles is NaN; allowed are 0 to 1"],
            (TinyTraining.Transformer with { World = Mix with { SceneChanges = 1.5, Styles = double.NaN } }).Violations());

    [Fact]
    public void Violations_AMixBesideOwnClips_IsNamed()
    {
        const string Expected = "world is set, but so is data: StoryWorld is not drawn then; allowed is one of the two";
        var data = new DataConfig { Path = "clips" };
        Assert.Equal([Expected], (TinyTraining.Transformer with { Data = data, World = Mix }).Violations());
        Assert.Equal([Expected], (TinyTraining.Tokenizer with { Data = data, World = Mix }).Violations());
        Assert.Empty((TinyTraining.Transformer with { Data = data }).Violations());
    }
}
