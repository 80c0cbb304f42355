using TorchSharp;

namespace Phenaki.Models.Text;

/// <summary>The feed-forward layer, plain (T5: wi, activation, wo) or gated (v1.1: activation of wi_0 times wi_1, wo): [b, n, d] -> [b, n, d].</summary>
internal sealed class T5FeedForward : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly T5Linear _input;
    private readonly T5Linear? _gated;
    private readonly T5Linear _output;
    private readonly Func<torch.Tensor, torch.Tensor> _activation;
    private readonly double _dropout;

    public T5FeedForward(T5Initialiser initialise, T5Config config)
        : base(nameof(T5FeedForward))
    {
        _activation = T5Activations.Find(config.Activation);
        _dropout = config.DropoutRate;
        var inputDeviation = Math.Pow(config.DModel, -0.5);
        _input = new T5Linear(initialise, config.DModel, config.DFf, inputDeviation);
        register_module(config.IsGated ? "wi_0" : "wi", _input);
        if (config.IsGated)
        {
            _gated = new T5Linear(initialise, config.DModel, config.DFf, inputDeviation);
            register_module("wi_1", _gated);
        }

        _output = new T5Linear(initialise, config.DFf, config.DModel, Math.Pow(config.DFf, -0.5));
        register_module("wo", _output);
    }

    public override torch.Tensor forward(torch.Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        var hidden = _activation(_input.call(x));
        if (_gated is not null)
        {
            hidden *= _gated.call(x);
        }

        if (training && _dropout > 0)
        {
            hidden = torch.nn.functional.dropout(hidden, _dropout, training: true);
        }

        return _output.call(hidden).MoveToOuterDisposeScope();
    }
}
