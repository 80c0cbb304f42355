using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>What the layers of a masked transformer need of a batch of texts. Belongs to the dispose scope it was made in, unless <see cref="Keep"/> takes it out.</summary>
public sealed class TextContext : IDisposable
{
    internal TextContext(IReadOnlyList<LayerText> layers, Tensor bias)
    {
        Layers = layers;
        Bias = bias;
    }

    internal IReadOnlyList<LayerText> Layers { get; }

    internal Tensor Bias { get; }

    private IEnumerable<Tensor> Tensors =>
        Layers.SelectMany(layer => new[] { layer.Keys, layer.Values, layer.Modulation }).OfType<Tensor>().Append(Bias);

    /// <summary>Makes the caller the owner, who disposes it.</summary>
    public TextContext Keep()
    {
        foreach (var tensor in Tensors)
        {
            tensor.DetachFromDisposeScope();
        }

        return this;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}
