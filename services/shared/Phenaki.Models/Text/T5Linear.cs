using TorchSharp;
using TorchSharp.Modules;

namespace Phenaki.Models.Text;

/// <summary>A linear map without bias: [..., in] -> [..., out].</summary>
internal sealed class T5Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Parameter _weight;

    public T5Linear(T5Initialiser initialise, long inputs, long outputs, double standardDeviation)
        : base(nameof(T5Linear))
    {
        _weight = initialise.Normal(standardDeviation, outputs, inputs);
        register_parameter("weight", _weight);
    }

    public override torch.Tensor forward(torch.Tensor x) => torch.nn.functional.linear(x, _weight);
}
