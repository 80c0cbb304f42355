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

    /// <summary>Rows of the texts, padding included.</summary>
    internal long Length => Bias.shape[^1];

    /// <summary>Texts of the same length as one batch, in their order; tensors of the present dispose scope.</summary>
    internal static TextContext Join(IReadOnlyList<TextContext> texts)
    {
        if (texts.Count == 1)
        {
            return texts[0];
        }

        var layers = Enumerable.Range(0, texts[0].Layers.Count).Select(layer => new LayerText(
            cat([.. texts.Select(text => text.Layers[layer].Keys)], 0),
            cat([.. texts.Select(text => text.Layers[layer].Values)], 0),
            texts[0].Layers[layer].Modulation is null ? null : cat([.. texts.Select(text => text.Layers[layer].Modulation!)], 0)));
        return new TextContext([.. layers], cat([.. texts.Select(text => text.Bias)], 0));
    }

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
