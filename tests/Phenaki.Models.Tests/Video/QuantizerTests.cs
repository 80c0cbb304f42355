using Phenaki.Models.Video;
using static TorchSharp.torch;

namespace Phenaki.Models.Tests.Video;

public sealed class QuantizerTests
{
    [Theory]
    [InlineData(8, 5, 5, 5)]
    [InlineData(7, 5, 5, 5, 5)]
    [InlineData(2, 3, 4)]
    public void FiniteScalar_EveryCode_ComesBackAsItself(params int[] levels)
    {
        using var scope = NewDisposeScope();
        using var quantizer = new FiniteScalarQuantizer(levels, CPU);
        var all = Number.Range(levels.Aggregate(1, (a, b) => a * b), CPU);
        var codes = quantizer.Codes(all);
        Assert.True(quantizer.Indices(codes).equal(all).all().item<bool>());
        Assert.True((codes.abs() <= Number.Of(1)).all().item<bool>());
    }

    [Fact]
    public void FiniteScalar_AnyRow_GivesACodeOfTheCodebook()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new FiniteScalarQuantizer([8, 5, 4], CPU);
        using var generator = manual_seed(1);
        var indices = quantizer.Indices(quantizer.Bound(randn(20_000, 3) * Number.Of(1.5f)));
        Assert.True(indices.min().item<long>() >= 0);
        Assert.True(indices.max().item<long>() < 160);
        Assert.True(indices.unique().output.shape[0] > 140);
    }

    [Fact]
    public void FiniteScalar_LevelsOfThePaper_FollowItsFormula()
    {
        // arXiv 2309.15505, appendix A.1: z = 0 with 8 levels of half-integer offset goes to level 4 of 0 to 7, with 5 levels to 2.
        using var scope = NewDisposeScope();
        using var quantizer = new FiniteScalarQuantizer([8, 5], CPU);
        Assert.Equal(4 + (2 * 8), quantizer.Indices(quantizer.Bound(zeros(1, 2)))[0].item<long>());
    }

    [Fact]
    public void Vector_AnyRow_TakesTheNearestCodeOnTheSphere()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new VectorQuantizer(new(40, 1), 6, CPU);
        var rows = randn(200, 6) * Number.Of(3);
        var bounded = quantizer.Bound(rows);
        var codes = quantizer.Codes(Number.Range(40, CPU));
        var nearest = cdist(bounded, codes, 2).argmin(1);
        Assert.True(quantizer.Indices(bounded).equal(nearest).all().item<bool>());
        Assert.True((codes.norm(1) - Number.Of(1)).abs().max().item<float>() < 1e-5f);
    }

    [Fact]
    public void Vector_InParts_TakesTheNearestEntryOfEachPart()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new VectorQuantizer(new(7 * 7 * 7, 3), 12, CPU);
        var bounded = quantizer.Bound(randn(50, 2, 12) * Number.Of(3));
        var indices = quantizer.Indices(bounded);
        var codes = quantizer.Codes(Number.Range(343, CPU));
        Assert.True(indices.flatten().equal(cdist(bounded.flatten(0, 1), codes, 2).argmin(1)).all().item<bool>());
        var table = quantizer.Table();
        var sums = Enumerable.Range(0, 3).Select(part => table.index_select(0, quantizer.Entries(indices.flatten(), part))).Aggregate((a, b) => a.Plus(b));
        Assert.True((sums - quantizer.Codes(indices.flatten())).abs().max().item<float>() < 1e-6f);
    }

    [Theory]
    [InlineData("vq")]
    [InlineData("fsq")]
    public void Straight_Gradient_PassesThroughTheRounding(string type)
    {
        using var scope = NewDisposeScope();
        using var quantizer = type == "vq" ? (Quantizer)new VectorQuantizer(new(20, 1), 3, CPU) : new FiniteScalarQuantizer([4, 4, 4], CPU);
        var rows = randn(7, 3).requires_grad_();
        var (quantised, indices, _) = quantizer.Straight(rows);
        Assert.True((quantised - quantizer.Codes(indices)).abs().max().item<float>() < 1e-6f);
        (quantised * Number.Of(2)).sum().backward();
        var throughQuantised = rows.grad!.clone();
        rows.grad!.zero_();
        (quantizer.Bound(rows) * Number.Of(2)).sum().backward();
        Assert.True((rows.grad! - throughQuantised).abs().max().item<float>() < 1e-5f);
    }
}
