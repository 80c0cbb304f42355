using TorchSharp;
using TorchSharp.Modules;

namespace Phenaki.Models.Text;

/// <summary>Makes parameters: drawn as T5 draws them, or left unset where weights are about to be loaded.</summary>
internal sealed class T5Initialiser(torch.Generator? generator, torch.Device? device)
{
    /// <summary>A weight of normal distribution around 0.</summary>
    public Parameter Normal(double standardDeviation, params long[] shape)
    {
        using var noGradient = torch.no_grad();
        using var tensor = torch.empty(shape, torch.ScalarType.Float32, device);
        if (generator is not null)
        {
            tensor.normal_(0, standardDeviation, generator);
        }

        return torch.nn.Parameter(tensor);
    }

    /// <summary>A scale of ones.</summary>
    public Parameter Ones(long size)
    {
        using var tensor = torch.ones([size], torch.ScalarType.Float32, device);
        return torch.nn.Parameter(tensor);
    }
}
