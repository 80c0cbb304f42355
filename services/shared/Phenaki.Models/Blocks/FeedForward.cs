using static TorchSharp.torch;

namespace Phenaki.Models.Blocks;

/// <summary>Two linear layers with a GELU between them (arXiv 1706.03762, section 3.3; 1606.08415).</summary>
public sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Projection up;
    private readonly Projection down;

    /// <summary>Creates the layer.</summary>
    /// <param name="width">Width of the rows.</param>
    /// <param name="hidden">Width between the layers.</param>
    /// <param name="outputGain">Gain of the second layer's initial weights.</param>
    /// <param name="device">Where the weights live.</param>
    /// <param name="outputs">Width of the mapped rows; null for that of the rows.</param>
    public FeedForward(int width, int hidden, double outputGain, Device device, int? outputs = null)
        : base(nameof(FeedForward))
    {
        up = Projection.Create(width, hidden, device);
        down = Projection.Create(hidden, outputs ?? width, device, outputGain);
        RegisterComponents();
    }

    /// <summary>Maps each row.</summary>
    /// <param name="x">Shape [..., width].</param>
    /// <returns>Shape [..., outputs].</returns>
    public override Tensor forward(Tensor x)
    {
        // The widest rows of a network: freed here, not at the end of the layer.
        using var scope = NewDisposeScope();
        var hidden = up.forward(x);
        return down.forward(is_grad_enabled() ? hidden.gelu() : hidden.gelu_()).MoveToOuterDisposeScope();
    }
}
