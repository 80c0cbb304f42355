using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.StoryWorld.Captions;

namespace Phenaki.Trainer.Tests.StoryWorld;

public sealed class CaptionGrammarTests
{
    [Fact]
    public void DrawCaption_SentencesOfReadme_CanAllBeDrawn()
    {
        foreach (var part in StoryScript.Readme.SelectMany(story => story.Scenes))
        {
            var wanted = Bare(part.Prompt);
            Assert.True(
                Enumerable.Range(0, 50_000).Any(seed => Bare(StoryWorldDataset.DrawCaption(part.Scene, (ulong)seed)) == wanted),
                $"'{part.Prompt}' was never drawn.");
        }
    }

    [Fact]
    public void DrawCaption_EveryScene_UsesTheVocabularyAndReadsAsASentence()
    {
        var known = StoryWorldDataset.Vocabulary.ToHashSet();
        var used = new HashSet<string>();
        Backdrop?[] backdrops = [null, new(PictureStyle.Plain, true), new(PictureStyle.Night, true), new(PictureStyle.Pencil, false)];
        foreach (var scene in StoryWorldCatalog.Combinations.SelectMany(scene => Enum.GetValues<PictureStyle>().Select(style => scene with { Style = style, Backdrop = backdrops[(int)style] })))
        {
            for (ulong seed = 0; seed < 40; seed++)
            {
                var caption = StoryWorldDataset.DrawCaption(scene, seed);
                used.UnionWith(CaptionGrammar.Split(caption));
                Assert.Matches("^[A-Z][A-Za-z, ]*[A-Za-z]\\.?$", caption);
                Assert.DoesNotContain("  ", caption, StringComparison.Ordinal);
                Assert.DoesNotContain(",,", caption, StringComparison.Ordinal);
            }
        }

        Assert.Empty(used.Except(known));
    }

    [Fact]
    public void Vocabulary_IsSortedLowerCaseAndDistinct()
    {
        var words = StoryWorldDataset.Vocabulary;

        Assert.Equal(words.Distinct().Order(StringComparer.Ordinal), words);
        Assert.All(words, word => Assert.Equal(word.ToLowerInvariant(), word));
        Assert.Contains(",", words);
        Assert.Contains(".", words);
    }

    [Theory]
    [InlineData(PictureStyle.Pencil, "pencil")]
    [InlineData(PictureStyle.Cartoon, "cartoon")]
    public void DrawCaption_Style_IsAlwaysNamed(PictureStyle style, string word)
    {
        var scene = new SceneSpec(Subject.Crab, Place.Snow, SceneAction.Dance, SceneExtras.None, style);

        for (ulong seed = 0; seed < 300; seed++)
        {
            Assert.Contains(word, StoryWorldDataset.DrawCaption(scene, seed), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void DrawCaption_Backdrop_IsNamedAndNothingElseChanges()
    {
        var scene = new SceneSpec(Subject.Crab, Place.Snow, SceneAction.Dance);
        var collage = scene with { Backdrop = new Backdrop(PictureStyle.Cartoon, Mirrored: true) };

        for (ulong seed = 0; seed < 100; seed++)
        {
            var caption = StoryWorldDataset.DrawCaption(collage, seed);
            Assert.StartsWith(StoryWorldDataset.DrawCaption(scene, seed).TrimEnd('.') + ", ", caption, StringComparison.Ordinal);
            Assert.Matches(" (mirrored|flipped) cartoon (backdrop|background)\\.?$", caption);
        }
    }

    private static string Bare(string caption) => string.Join(' ', CaptionGrammar.Split(caption).Where(word => word is not ("," or ".")));
}
