using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Blocks;

/// <summary>Makes the linear layers of all networks, with one initialisation: normal, standard deviation gain / sqrt(inputs).</summary>
internal static class Projection
{
    /// <summary>A linear layer without bias. A gain of 0 makes a residual branch that starts as the identity.</summary>
    public static Linear Create(long inputs, long outputs, Device device, double gain = 1, bool bias = false)
    {
        var layer = nn.Linear(inputs, outputs, hasBias: bias, device: device);
        using var _ = no_grad();
        if (gain == 0)
        {
            layer.weight!.zero_();
        }
        else
        {
            layer.weight!.normal_(0, gain / Math.Sqrt(inputs));
        }

        layer.bias?.zero_();
        return layer;
    }
}
