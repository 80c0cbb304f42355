using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tests.Data;

public sealed class StoryWorldSourceTests
{
    // What is measured on held-out combinations stays comparable whatever training draws.
    [Theory]
    [InlineData(false, 0.4)]
    [InlineData(true, 0.22)]
    public async Task DrawAsync_ManyClips_ChangesTheSceneInTheShareThatIsKept(bool heldOut, double share)
    {
        const int Clips = 1000;
        var source = new StoryWorldSource(5);
        int changes = 0;
        for (ulong i = 0; i < Clips; i++)
        {
            var clip = await source.DrawAsync(new ClipDraw(i, (long)i, 11, heldOut), _ => false, TestContext.Current.CancellationToken);
            changes += clip.TransitionFrame >= 0 ? 1 : 0;
        }

        Assert.InRange(changes, (share - 0.06) * Clips, (share + 0.06) * Clips);
    }
}
