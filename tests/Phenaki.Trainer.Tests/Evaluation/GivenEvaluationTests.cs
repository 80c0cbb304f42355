using Phenaki.Trainer.Evaluation;
using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Tests.Evaluation;

/// <summary>How a style is told from the pixels.</summary>
public sealed class GivenEvaluationTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(PictureStyle.Plain)]
    [InlineData(PictureStyle.Pencil)]
    [InlineData(PictureStyle.Cartoon)]
    [InlineData(PictureStyle.Night)]
    public Task StyleOf_RealClipWithOtherPositions_IsItsStyle(PictureStyle style) => Task.Run(
        () =>
        {
            var world = new StoryWorldDataset();
            var scenes = StoryWorldCatalog.Plain(heldOut: true);
            int right = scenes.Where((scene, i) => GivenEvaluation.StyleOf(world.DrawScene(scene with { Style = style }, (ulong)i).Rgb, scene, world, 99) == style).Count();
            Assert.True(right >= 0.95 * scenes.Count, $"{right} of {scenes.Count}");
        },
        TestContext.Current.CancellationToken);

    [Fact]
    public void Of_OnePixelOfEach_IsTheirMean()
    {
        var look = PictureLook.Of([255, 255, 255, 0, 0, 0]);

        Assert.Equal(new PictureLook(0.5, 0, 0.5, 0.5), look);
        Assert.Equal(1, PictureLook.Of([255, 0, 0]).Colour);
    }
}
