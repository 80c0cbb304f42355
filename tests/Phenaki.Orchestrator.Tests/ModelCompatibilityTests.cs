using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Tests.Fakes;

namespace Phenaki.Orchestrator.Tests;

public sealed class ModelCompatibilityTests
{
    [Fact]
    public void Check_ModelsThatFit_GivesTheirGeometry()
    {
        var models = Check();
        Assert.Equal(FakeModels.Geometry, models.Geometry);
        Assert.Equal((6, 5, 16), (models.ClipLatentFrames, models.PrefixFrames, models.PromptTokens));
    }

    [Fact]
    public void Check_TransformerWithoutFingerprints_TakesAny() =>
        Assert.NotNull(Check(masked: FakeModels.Masked with { TextEncoderFingerprint = "", VideoTokenizerFingerprint = "" }));

    [Fact]
    public void Check_ModelsWithSmallerClips_CutsTheClipDown()
    {
        Assert.Equal(4, Check(masked: FakeModels.Masked with { MaxLatentFrames = 4 }).ClipLatentFrames);
        Assert.Equal(5, Check(video: FakeModels.Video with { MaxLatentFrames = 5 }).ClipLatentFrames);
        Assert.Equal(4, Check(clipFrames: 8).ClipLatentFrames);
    }

    [Fact]
    public void Check_Codebooks_NamesBothSizes() => AssertProblem(Masked(m => m with { CodebookSize = 4096 }), "4096", "512");

    [Fact]
    public void Check_Rows_NamesBoth() => AssertProblem(Masked(m => m with { Rows = 77 }), "77", "2");

    [Fact]
    public void Check_Columns_NamesBoth() => AssertProblem(Masked(m => m with { Columns = 88 }), "88", "3");

    [Fact]
    public void Check_TextWidth_NamesBoth() => AssertProblem(Masked(m => m with { TextWidth = 99 }), "99", "4");

    [Fact]
    public void Check_OtherTextEncoder_NamesBothFingerprints() =>
        AssertProblem(Masked(m => m with { TextEncoderFingerprint = "abc" }), "abc", FakeModels.Text.Model.Fingerprint);

    [Fact]
    public void Check_OtherVideoTokenizer_NamesBothFingerprints() =>
        AssertProblem(Masked(m => m with { VideoTokenizerFingerprint = "abc" }), "abc", FakeModels.Video.Model.Fingerprint);

    [Fact]
    public void Check_PrefixThatIsNoWholeClip_NamesBothNumbers() => AssertProblem(() => Check(prefixFrames: 4), "4", "1 + n * 2");

    [Fact]
    public void Check_PrefixAsLongAsTheClip_NamesBothNumbers() => AssertProblem(() => Check(clipFrames: 6), "3 latent frames", "clip of 3");

    [Fact]
    public void Check_ServiceThatReportsNoSize_SaysSo() =>
        AssertProblem(() => Check(video: FakeModels.Video with { TemporalPatch = 0 }), "temporal patch of 0");

    [Fact]
    public void Check_SeveralProblems_NamesAll()
    {
        var error = Assert.Throws<ModelMismatchException>(
            () => Check(masked: FakeModels.Masked with { CodebookSize = 1, Rows = 9, TextWidth = 5 }, prefixFrames: 4));
        Assert.Equal(4, error.Problems.Count);
    }

    private static Action Masked(Func<MaskedTransformerCard, MaskedTransformerCard> change) => () => Check(masked: change(FakeModels.Masked));

    private static void AssertProblem(Action check, params string[] named)
    {
        var problem = Assert.Single(Assert.Throws<ModelMismatchException>(check).Problems);
        Assert.All(named, name => Assert.Contains(name, problem, StringComparison.Ordinal));
    }

    private static ModelSet Check(
        VideoTokenizerCard? video = null, MaskedTransformerCard? masked = null, int clipFrames = 11, int prefixFrames = 5) =>
        ModelCompatibility.Check(FakeModels.Text, video ?? FakeModels.Video, masked ?? FakeModels.Masked, clipFrames, prefixFrames);
}
