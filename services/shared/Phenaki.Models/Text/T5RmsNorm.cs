using TorchSharp;
using TorchSharp.Modules;

namespace Phenaki.Models.Text;

/// <summary>Divides by the root mean square, without subtracting a mean, and scales: [..., width] -> [..., width]. Computed in float32 whatever the input's type.</summary>
internal sealed class T5RmsNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly double _epsilon;
    private readonly Parameter _weight;

    public T5RmsNorm(T5Initialiser initialise, long width, double epsilon)
        : base(nameof(T5RmsNorm))
    {
        _epsilon = epsilon;
        _weight = initialise.Ones(width);
        register_parameter("weight", _weight);
    }

    public override torch.Tensor forward(torch.Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        var wide = x.to(torch.ScalarType.Float32);
        var scale = torch.rsqrt(wide.Squared().mean([-1], keepdim: true).Plus(Number.Of(_epsilon)));
        return ((wide * scale).to(_weight.dtype) * _weight).MoveToOuterDisposeScope();
    }
}
