using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Models.Blocks;

/// <summary>
/// Multi-head attention from video tokens to text (arXiv 2210.02399, section 2.2). A short text is folded into the two projections: a row's query and its product
/// with the keys are one product, and so are the weighted sum of the values and its projection. That is the same attention with less arithmetic, as there are fewer
/// text rows than numbers in a head.
/// </summary>
public sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor>
{
    private const int FoldedDimensions = 3;

    private readonly Projection query;
    private readonly Projection key_value;
    private readonly Projection output;
    private readonly int _heads;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">Width of the token rows; a multiple of <paramref name="heads"/>.</param>
    /// <param name="textWidth">Width of the text rows.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="outputGain">Gain of the output projection's initial weights.</param>
    /// <param name="device">Where the weights live.</param>
    public CrossAttention(int width, int textWidth, int heads, double outputGain, Device device)
        : base(nameof(CrossAttention))
    {
        _heads = heads;
        query = Projection.Create(width, width, device);
        key_value = Projection.Create(textWidth, 2L * width, device);
        output = Projection.Create(width, width, device, outputGain);
        RegisterComponents();
    }

    /// <summary>Keys and values of a text: the same for all steps of a request, so they are computed once.</summary>
    /// <param name="text">Shape [batch, text length, text width].</param>
    /// <returns>
    /// Keys and values, each of shape [batch, heads, text length, head width]; of a short text on a CPU what they make of the projections, of shapes
    /// [batch, width, heads * text length] and [batch, heads * text length, width].
    /// </returns>
    public (Tensor Keys, Tensor Values) Project(Tensor text)
    {
        var (batch, length) = (text.shape[0], text.shape[1]);
        var both = key_value.forward(text).view(batch, length, 2, _heads, -1).permute(2, 0, 3, 1, 4);
        return Folds(both, text.device) ? Fold(both[0], both[1]) : (both[0].contiguous(), both[1].contiguous());
    }

    /// <summary>Token rows attend to the text rows.</summary>
    /// <param name="x">Shape [batch, length, width].</param>
    /// <param name="keys">From <see cref="Project"/>.</param>
    /// <param name="values">From <see cref="Project"/>.</param>
    /// <param name="bias">Shape [batch, 1, 1, text length]: 0 for a text row, minus infinity for padding.</param>
    /// <returns>Shape [batch, length, width].</returns>
    public override Tensor forward(Tensor x, Tensor keys, Tensor values, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2]);
        if (keys.dim() == FoldedDimensions)
        {
            var weights = bmm(x, keys).view(batch, length, _heads, -1).Plus(bias).softmax(-1);
            return bmm(weights.view(batch, length, -1), values).MoveToOuterDisposeScope();
        }

        var q = query.forward(x).view(batch, length, _heads, width / _heads).transpose(1, 2);
        var visible = bias.expand(batch, 1, length, bias.shape[3]);
        var heads = nn.functional.scaled_dot_product_attention(q, keys, values, visible);
        return output.forward(heads.transpose(1, 2).reshape(batch, length, width)).MoveToOuterDisposeScope();
    }

    // Where it saves at least half of the products. A large model's folded texts would need more memory than a GPU gains by them.
    private static bool Folds(Tensor both, Device device) => device.type == DeviceType.CPU && both.shape[3] <= both.shape[4] / 2;

    // Keys and values of shape [batch, heads, text length, head width].
    private (Tensor Keys, Tensor Values) Fold(Tensor keys, Tensor values)
    {
        var (batch, headWidth) = (keys.shape[0], keys.shape[3]);
        long width = query.Weight.shape[0];
        var queries = query.Weight.view(_heads, headWidth, width) * Number.Of((float)(1 / Math.Sqrt(headWidth)));
        var outputs = output.Weight.view(width, _heads, headWidth).permute(1, 2, 0);
        return (matmul(keys, queries).view(batch, -1, width).transpose(1, 2).contiguous(), matmul(values, outputs).view(batch, -1, width));
    }
}
