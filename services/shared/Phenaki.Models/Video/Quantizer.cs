using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>Turns encoder rows into codes of a finite codebook, and codes back into rows.</summary>
public abstract class Quantizer : nn.Module
{
    /// <summary>Creates a quantizer.</summary>
    protected Quantizer(string name)
        : base(name)
    {
    }

    /// <summary>Brings encoder rows into the space of the codes.</summary>
    /// <param name="rows">Shape [..., code width].</param>
    /// <returns>Shape [..., code width]; what <see cref="Indices"/> and training without quantisation take.</returns>
    public abstract Tensor Bound(Tensor rows);

    /// <summary>The codes nearest to bounded rows.</summary>
    /// <param name="bounded">Shape [..., code width], from <see cref="Bound"/>.</param>
    /// <returns>Code numbers, int64, of shape [...].</returns>
    public abstract Tensor Indices(Tensor bounded);

    /// <summary>The rows that codes stand for.</summary>
    /// <param name="indices">Code numbers, int64, shape [...].</param>
    /// <returns>Shape [..., code width].</returns>
    public abstract Tensor Codes(Tensor indices);

    /// <summary>Quantises with a gradient that passes straight through the rounding (arXiv 1308.3432).</summary>
    /// <param name="rows">Shape [..., code width].</param>
    /// <returns>Quantised rows; code numbers; the rows before rounding.</returns>
    public (Tensor Quantised, Tensor Indices, Tensor Bounded) Straight(Tensor rows)
    {
        var bounded = Bound(rows);
        var indices = Indices(bounded.detach());
        var quantised = bounded.Plus((Codes(indices) - bounded).detach());
        return (quantised, indices, bounded);
    }

    /// <summary>Makes the quantizer of a configuration.</summary>
    public static Quantizer Create(QuantizerConfig config, Device device) => config.Type switch
    {
        "vq" => new VectorQuantizer(new ProductCode(config.CodebookSize, config.Parts), config.CodeWidth, device),
        "fsq" => new FiniteScalarQuantizer(config.Levels, device),
        _ => throw new ArgumentException(string.Join("; ", config.Violations()), nameof(config)),
    };
}
