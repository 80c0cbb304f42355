using Phenaki.Models.Blocks;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Models.Tests.Blocks;

public sealed class SelfAttentionTests
{
    private const int Width = 16;
    private const int Heads = 2;
    private const int Rows = 7;

    [Fact]
    public void Forward_BiasThatLearnsInBfloat16_IsTheFusedAttentionAndItsGradients()
    {
        using var scope = NewDisposeScope();
        using var generator = manual_seed(4);
        using var attention = new SelfAttention(Width, Heads, 1, CPU);
        using var rounded = new SelfAttention(Width, Heads, 1, CPU);
        rounded.load_state_dict(attention.state_dict());
        rounded.to(ScalarType.BFloat16);
        var (x, bias) = (randn(3, Rows, Width), randn(1, Heads, Rows, Rows));

        var (expected, expectedGradient) = Learn(attention, ScalarType.Float32);
        var (actual, actualGradient) = Learn(rounded, ScalarType.BFloat16);

        // Eight bits of mantissa.
        Assert.True((expected - actual).norm().item<float>() < 0.02f * expected.norm().item<float>());
        Assert.True((expectedGradient - actualGradient).norm().item<float>() < 0.03f * expectedGradient.norm().item<float>());

        (Tensor Output, Tensor BiasGradient) Learn(SelfAttention layer, ScalarType type)
        {
            var learnt = new Parameter(bias.to_type(type).clone());
            var output = layer.forward(x.to_type(type), learnt).to_type(ScalarType.Float32);
            (output * output.cos().detach()).sum().backward();
            return (output, learnt.grad!.to_type(ScalarType.Float32));
        }
    }
}
