using TorchSharp;

namespace Phenaki.Models.Text;

/// <summary>
/// Self-attention of T5: [b, n, d] and bias [b or 1, h, n, n] -> [b, n, d]. Scores are not divided by the root of the head's
/// width: T5 folds that into the initialisation of the queries.
/// </summary>
internal sealed class T5Attention : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>
{
    private readonly T5Linear _q;
    private readonly T5Linear _k;
    private readonly T5Linear _v;
    private readonly T5Linear _o;
    private readonly T5Embedding? _relativeAttentionBias;
    private readonly int _heads;
    private readonly int _headWidth;
    private readonly double _dropout;

    /// <param name="initialise">Makes the parameters.</param>
    /// <param name="config">Sizes.</param>
    /// <param name="hasRelativeBias">Whether this block holds the table of position biases that all blocks share.</param>
    public T5Attention(T5Initialiser initialise, T5Config config, bool hasRelativeBias)
        : base(nameof(T5Attention))
    {
        _heads = config.NumHeads;
        _headWidth = config.DKv;
        _dropout = config.DropoutRate;
        var inner = (long)config.NumHeads * config.DKv;
        _q = new T5Linear(initialise, config.DModel, inner, Math.Pow((double)config.DModel * config.DKv, -0.5));
        _k = new T5Linear(initialise, config.DModel, inner, Math.Pow(config.DModel, -0.5));
        _v = new T5Linear(initialise, config.DModel, inner, Math.Pow(config.DModel, -0.5));
        _o = new T5Linear(initialise, inner, config.DModel, Math.Pow(inner, -0.5));
        register_module("q", _q);
        register_module("k", _k);
        register_module("v", _v);
        register_module("o", _o);
        if (hasRelativeBias)
        {
            _relativeAttentionBias = new T5Embedding(initialise, config.RelativeAttentionNumBuckets, config.NumHeads, Math.Pow(config.DModel, -0.5));
            register_module("relative_attention_bias", _relativeAttentionBias);
        }
    }

    public override torch.Tensor forward(torch.Tensor x, torch.Tensor bias)
    {
        using var scope = torch.NewDisposeScope();
        var scores = torch.matmul(Heads(_q.call(x)), Heads(_k.call(x)).transpose(-1, -2)).Plus(bias);
        var shares = torch.nn.functional.softmax(scores, -1);
        if (training && _dropout > 0)
        {
            shares = torch.nn.functional.dropout(shares, _dropout, training: true);
        }

        var mixed = torch.matmul(shares, Heads(_v.call(x))).transpose(1, 2).reshape(x.shape[0], x.shape[1], (long)_heads * _headWidth);
        return _o.call(mixed).MoveToOuterDisposeScope();
    }

    /// <summary>Bucket numbers [n, n] int64 -> biases [1, h, n, n].</summary>
    public torch.Tensor PositionBias(torch.Tensor buckets)
    {
        using var scope = torch.NewDisposeScope();
        return _relativeAttentionBias!.call(buckets).permute(2, 0, 1).unsqueeze(0).contiguous().MoveToOuterDisposeScope();
    }

    // [b, n, h * dk] -> [b, h, n, dk]
    private torch.Tensor Heads(torch.Tensor x) => x.view(x.shape[0], x.shape[1], _heads, _headWidth).transpose(1, 2);
}
