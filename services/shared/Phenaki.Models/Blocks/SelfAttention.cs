using static TorchSharp.torch;

namespace Phenaki.Models.Blocks;

/// <summary>Multi-head self-attention (arXiv 1706.03762, section 3.2.2) with an additive bias on the scores.</summary>
public sealed class SelfAttention : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Projection qkv;
    private readonly Projection output;
    private readonly int _heads;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">Width of the rows; a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="outputGain">Gain of the output projection's initial weights.</param>
    /// <param name="device">Where the weights live.</param>
    public SelfAttention(int width, int heads, double outputGain, Device device)
        : base(nameof(SelfAttention))
    {
        _heads = heads;
        qkv = Projection.Create(width, 3L * width, device);
        output = Projection.Create(width, width, device, outputGain);
        RegisterComponents();
    }

    /// <summary>Rows attend to all rows of their sequence.</summary>
    /// <param name="x">Shape [batch, length, width].</param>
    /// <param name="bias">Added to the scores before the softmax; broadcast to [batch, heads, length, length].</param>
    /// <returns>Shape [batch, length, width].</returns>
    public override Tensor forward(Tensor x, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = Heads(x);
        return Join(Learns(bias, q) ? Attend(q, k, v, bias!) : nn.functional.scaled_dot_product_attention(q, k, v, bias)).MoveToOuterDisposeScope();
    }

    /// <summary>Some rows attend to all rows of their sequence.</summary>
    /// <param name="x">Shape [batch, length, width].</param>
    /// <param name="at">Positions of the rows, shape [count], int64.</param>
    /// <param name="bias">As for <see cref="forward"/>; its rows at the positions are taken.</param>
    /// <returns>Shape [batch, count, width].</returns>
    public Tensor ForwardAt(Tensor x, Tensor at, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        long width = x.shape[2];
        var weights = qkv.Weight;
        var query = Split(Projection.Multiply(x.index_select(1, at), weights.narrow(0, 0, width)), 1);
        var both = Split(Projection.Multiply(x, weights.narrow(0, width, 2 * width)), 2);
        return Join(nn.functional.scaled_dot_product_attention(query[0], both[0], both[1], bias?.index_select(2, at))).MoveToOuterDisposeScope();
    }

    /// <summary>The next rows of sequences attend each to itself and the rows before it, kept in <paramref name="past"/>.</summary>
    /// <param name="x">Shape [rows, sequences, width].</param>
    /// <param name="past">Keys and values of the rows before; takes in those of these rows.</param>
    /// <param name="bias">Shape [window, heads]: bias by position in the window, the row that attends last.</param>
    /// <returns>Shape [rows, sequences, width].</returns>
    public Tensor Next(Tensor x, KeyValueCache past, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var (rows, sequences, window) = (x.shape[0], x.shape[1], bias.shape[0]);
        var all = qkv.forward(x).view(rows, sequences, 3, _heads, -1);
        long missing = window - 1 - past.Known;
        var (keys, values) = past.Append(all.select(2, 1), all.select(2, 2));

        // Sums along the window and along a head are made in the same order however many rows come together, which the kernels of attention do not promise.
        var query = all.select(2, 0) * Number.Of((float)(1 / Math.Sqrt(all.shape[4])));
        var scores = (query.unsqueeze(1) * Windows(keys, window)).sum(-1).Plus(bias.view(1, window, 1, _heads));
        if (missing > 0)
        {
            scores = scores.masked_fill(Outside(rows, window, missing, x.device), Number.Of(float.NegativeInfinity));
        }

        var heads = (scores.softmax(1).unsqueeze(-1) * Windows(values, window)).sum(1);
        return output.forward(heads.reshape(rows, sequences, -1)).MoveToOuterDisposeScope();
    }

    // A bias that learns has no fused kernel, and what torch then does multiplies in float32 whatever it is given.
    private static bool Learns(Tensor? bias, Tensor query) => bias is { requires_grad: true } && query.dtype == ScalarType.BFloat16;

    private static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor bias)
    {
        var scores = matmul(query * Number.Of((float)(1 / Math.Sqrt(query.shape[3]))), key.transpose(2, 3)).Plus(bias);
        return matmul(scores.softmax(-1), value);
    }

    // From [window - 1 + rows, sequences, heads, head width] to [rows, window, sequences, heads, head width], without a copy.
    private static Tensor Windows(Tensor rows, long window) => rows.unfold(0, window, 1).movedim([-1], [1]);

    // Where a window reaches back before the first row of all.
    private static Tensor Outside(long rows, long window, long missing, Device device) =>
        (Number.Range(rows, device).unsqueeze(1).Plus(Number.Range(window, device)) < Number.Of(missing)).view(rows, window, 1, 1);

    private (Tensor Query, Tensor Key, Tensor Value) Heads(Tensor x)
    {
        var all = Split(qkv.forward(x), 3);
        return (all[0], all[1], all[2]);
    }

    // From [batch, length, kinds * width] to [kinds, batch, heads, length, head width].
    private Tensor Split(Tensor projected, int kinds)
    {
        var (batch, length, width) = (projected.shape[0], projected.shape[1], projected.shape[2] / kinds);
        return projected.view(batch, length, kinds, _heads, width / _heads).permute(2, 0, 3, 1, 4);
    }

    private Tensor Join(Tensor heads)
    {
        var (batch, length) = (heads.shape[0], heads.shape[2]);
        return output.forward(heads.transpose(1, 2).reshape(batch, length, -1));
    }
}
