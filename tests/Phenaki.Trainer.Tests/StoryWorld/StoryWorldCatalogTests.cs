using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Tests.StoryWorld;

public sealed class StoryWorldCatalogTests
{
    [Fact]
    public void Trained_AndHeldOut_ArePartsOfAllCombinations()
    {
        Assert.Equal(StoryWorldCatalog.Combinations.ToHashSet(), StoryWorldCatalog.Trained.Concat(StoryWorldCatalog.HeldOut).ToHashSet());
        Assert.Empty(StoryWorldCatalog.Trained.Intersect(StoryWorldCatalog.HeldOut));
        Assert.InRange(StoryWorldCatalog.HeldOut.Count / (double)StoryWorldCatalog.Combinations.Count, 0.09, 0.15);
    }

    [Fact]
    public void HeldOut_Deed_IsNotTrainedWithOtherExtras()
    {
        var trained = StoryWorldCatalog.Trained.Select(scene => (scene.Subject, scene.Place, scene.Action)).ToHashSet();

        Assert.DoesNotContain(StoryWorldCatalog.HeldOut, scene => trained.Contains((scene.Subject, scene.Place, scene.Action)));
    }

    [Fact]
    public void Further_Deed_IsNoCombination() =>
        Assert.Empty(StoryWorldCatalog.Further.Intersect(StoryWorldCatalog.Combinations));

    [Fact]
    public void Trained_EveryPair_Occurs()
    {
        var trained = StoryWorldCatalog.Trained;
        Assert.All(Enum.GetValues<Subject>(), subject =>
            Assert.All(Enum.GetValues<Place>(), place => Assert.Contains(trained, scene => scene.Subject == subject && scene.Place == place)));
        Assert.All(Enum.GetValues<Place>(), place =>
            Assert.All(StoryWorldCatalog.ActionsIn(place), action => Assert.Contains(trained, scene => scene.Place == place && scene.Action == action)));
        Assert.All(Enum.GetValues<Subject>(), subject =>
            Assert.All(Enum.GetValues<SceneAction>(), action => Assert.Contains(trained, scene => scene.Subject == subject && scene.Action == action)));
    }

    [Fact]
    public void Trained_StoriesOfReadme_AreThere() =>
        Assert.All(StoryScript.Readme.SelectMany(story => story.Scenes), part => Assert.Contains(part.Scene, StoryWorldCatalog.Trained));
}
