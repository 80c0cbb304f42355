using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>
/// Nearest code on the unit sphere (ViT-VQGAN, arXiv 2110.04627, section 3.2: factorised and l2-normalised codes). The codebook is trained by
/// gradient or moved by the trainer's exponential mean (arXiv 1711.00937, appendix A.1).
/// </summary>
public sealed class VectorQuantizer : Quantizer
{
    private readonly Parameter codebook;

    /// <summary>Creates a codebook of random codes.</summary>
    /// <param name="codebookSize">Number of codes.</param>
    /// <param name="codeWidth">Numbers in a code.</param>
    /// <param name="device">Where it lives.</param>
    public VectorQuantizer(int codebookSize, int codeWidth, Device device)
        : base(nameof(VectorQuantizer))
    {
        codebook = new Parameter(randn(codebookSize, codeWidth, device: device));
        RegisterComponents();
    }

    /// <summary>The codes, shape [codebook size, code width], of any length; their directions count.</summary>
    public Parameter Codebook => codebook;

    /// <inheritdoc />
    public override Tensor Bound(Tensor rows) => nn.functional.normalize(rows, 2, -1);

    /// <inheritdoc />
    public override Tensor Indices(Tensor bounded)
    {
        // On the unit sphere the nearest code is the one with the largest inner product.
        var flat = bounded.reshape(-1, bounded.shape[^1]);
        var best = matmul(flat, nn.functional.normalize(codebook, 2, -1).t()).argmax(1);
        return best.view(bounded.shape[..^1]);
    }

    /// <inheritdoc />
    public override Tensor Codes(Tensor indices) => 
        nn.functional.normalize(codebook, 2, -1).index_select(0, indices.flatten()).view([.. indices.shape, codebook.shape[1]]);
}
