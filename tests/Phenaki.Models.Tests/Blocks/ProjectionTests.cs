using CsCheck;
using Phenaki.Models.Blocks;
using static TorchSharp.torch;

namespace Phenaki.Models.Tests.Blocks;

public sealed class ProjectionTests
{
    private static readonly Gen<int> Sizes = Gen.Int[0, 5].Select(i => new[] { 30, 192, 256, 384, 768, 1024 }[i]);

    [Fact]
    public void Multiply_RowsOfAnyNumber_GivesEachItsProductAndTheSameOneAmongAnyOthers() =>
        Gen.Select(Gen.Int[1, 300], Sizes, Sizes, Gen.Bool, Gen.ULong).Sample(
            (rows, inputs, outputs, hasBias, seed) =>
            {
                using var scope = NewDisposeScope();
                using var generator = manual_seed((long)(seed >> 1));
                var (x, weight) = (randn(rows, inputs), randn(outputs, inputs));
                var bias = hasBias ? randn(outputs) : null;
                var expected = nn.functional.linear(x.to_type(ScalarType.Float64), weight.to_type(ScalarType.Float64), bias?.to_type(ScalarType.Float64));

                using var _ = no_grad();
                var together = Projection.Multiply(x, weight, bias);
                Assert.True((together - expected).abs().max().item<double>() < 1e-4 * Math.Sqrt(inputs));
                int from = (int)(seed % (ulong)rows);
                int count = 1 + (int)(seed / 7 % (ulong)(rows - from));
                Assert.True(together.narrow(0, from, count).equal(Projection.Multiply(x.narrow(0, from, count), weight, bias)).all().item<bool>());
            },
            iter: 60,
            threads: 1);

    [Fact]
    public void Multiply_WithGradients_HasThoseOfTheProduct()
    {
        using var scope = NewDisposeScope();
        var given = randn(2, 3, 4);
        var actual = Gradients(Projection.Multiply);
        var expected = Gradients((x, weight, bias) => nn.functional.linear(x, weight, bias));
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.allclose(pair.Second, atol: 1e-5)));

        List<Tensor> Gradients(Func<Tensor, Tensor, Tensor, Tensor> multiply)
        {
            using var generator = manual_seed(6);
            var (x, weight, bias) = (randn(2, 3, 5).requires_grad_(), randn(4, 5).requires_grad_(), randn(4).requires_grad_());
            var made = multiply(x, weight, bias);
            Assert.Equal([2L, 3, 4], made.shape);
            (made * given).sum().backward();
            return [x.grad!, weight.grad!, bias.grad!];
        }
    }
}
