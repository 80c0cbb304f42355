using TorchSharp;

namespace Phenaki.Models.Text;

/// <summary>One block: attention, then feed-forward, each normalised before and added to its input: [b, n, d] and bias [b or 1, h, n, n] -> [b, n, d].</summary>
internal sealed class T5Block : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>
{
    private readonly T5RmsNorm _attentionNorm;
    private readonly T5RmsNorm _feedForwardNorm;
    private readonly T5FeedForward _feedForward;
    private readonly double _dropout;

    public T5Block(T5Initialiser initialise, T5Config config, bool hasRelativeBias)
        : base(nameof(T5Block))
    {
        _dropout = config.DropoutRate;
        _attentionNorm = new T5RmsNorm(initialise, config.DModel, config.LayerNormEpsilon);
        Attention = new T5Attention(initialise, config, hasRelativeBias);
        _feedForwardNorm = new T5RmsNorm(initialise, config.DModel, config.LayerNormEpsilon);
        _feedForward = new T5FeedForward(initialise, config);
        var attention = new T5NamedModules(("SelfAttention", Attention), ("layer_norm", _attentionNorm));
        var feedForward = new T5NamedModules(("DenseReluDense", _feedForward), ("layer_norm", _feedForwardNorm));
        register_module("layer", new T5NamedModules(("0", attention), ("1", feedForward)));
    }

    public T5Attention Attention { get; }

    public override torch.Tensor forward(torch.Tensor x, torch.Tensor bias)
    {
        using var scope = torch.NewDisposeScope();
        var attended = x.Plus(Dropped(Attention.call(_attentionNorm.call(x), bias)));
        return attended.Plus(Dropped(_feedForward.call(_feedForwardNorm.call(attended)))).MoveToOuterDisposeScope();
    }

    private torch.Tensor Dropped(torch.Tensor x) => training && _dropout > 0 ? torch.nn.functional.dropout(x, _dropout, training: true) : x;
}
