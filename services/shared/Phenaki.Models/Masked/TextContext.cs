using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>What the layers of a masked transformer need of a batch of texts.</summary>
public sealed class TextContext
{
    internal TextContext(IReadOnlyList<LayerText> layers, Tensor bias)
    {
        Layers = layers;
        Bias = bias;
    }

    internal IReadOnlyList<LayerText> Layers { get; }

    internal Tensor Bias { get; }
}
