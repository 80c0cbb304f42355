using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>
/// Nearest code on the unit sphere (ViT-VQGAN, arXiv 2110.04627, section 3.2: factorised and l2-normalised codes), for each part of a row on a sphere of its
/// own (<see cref="ProductCode"/>). The codebook is trained by gradient or moved by the trainer's exponential mean (arXiv 1711.00937, appendix A.1).
/// </summary>
public sealed class VectorQuantizer : Quantizer
{
    private readonly Parameter codebook;

    /// <summary>Creates a codebook of random codes.</summary>
    /// <param name="code">Number of codes and their parts.</param>
    /// <param name="codeWidth">Numbers in a code; a multiple of the parts.</param>
    /// <param name="device">Where it lives.</param>
    public VectorQuantizer(ProductCode code, int codeWidth, Device device)
        : base(nameof(VectorQuantizer))
    {
        Code = code;
        codebook = new Parameter(randn(code.TableSize, codeWidth / code.Parts, device: device));
        RegisterComponents();
    }

    /// <summary>Number of codes and their parts.</summary>
    public ProductCode Code { get; }

    /// <summary>The tables of all parts behind each other, shape [parts * part size, code width / parts], of any length; their directions count.</summary>
    public Parameter Codebook => codebook;

    /// <inheritdoc />
    public override Tensor Bound(Tensor rows) => nn.functional.normalize(InParts(rows), 2, -1).view(rows.shape);

    /// <inheritdoc />
    public override Tensor Indices(Tensor bounded)
    {
        // On the unit sphere the nearest code is the one with the largest inner product.
        var token = zeros(bounded.shape[..^1], dtype: ScalarType.Int64, device: bounded.device);
        for (int part = 0; part < Code.Parts; part++)
        {
            token = token.Plus(Likeness(bounded, part).max(-1).indexes * Number.Of(Code.Stride(part)));
        }

        return token;
    }

    /// <summary>How like a part of rows is to each entry of that part: the cosine of their angle.</summary>
    /// <param name="bounded">From <see cref="Bound"/>, shape [..., code width].</param>
    /// <param name="part">Number of the part, from 0.</param>
    /// <returns>Shape [..., part size], -1 to 1.</returns>
    public Tensor Likeness(Tensor bounded, int part)
    {
        var table = nn.functional.normalize(codebook.narrow(0, part * Code.PartSize, Code.PartSize), 2, -1);
        return matmul(InParts(bounded).select(-2, part), table.t());
    }

    /// <inheritdoc />
    public override Tensor Codes(Tensor indices)
    {
        var entries = stack(Enumerable.Range(0, Code.Parts).Select(part => Entries(indices, part)), -1);
        return nn.functional.normalize(codebook, 2, -1).index_select(0, entries.flatten()).view([.. indices.shape, Code.Parts * codebook.shape[1]]);
    }

    /// <summary>Entries of <see cref="Codebook"/> that a part of codes stands for.</summary>
    /// <param name="indices">Code numbers, int64, shape [...].</param>
    /// <param name="part">Number of the part, from 0.</param>
    /// <returns>Int64, shape [...].</returns>
    public Tensor Entries(Tensor indices, int part) =>
        indices.div(Number.Of(Code.Stride(part)), RoundingMode.floor).remainder(Number.Of(Code.PartSize)).Plus(Number.Of(part * Code.PartSize));

    /// <summary>Every entry as a whole row in which the other parts are zero, shape [parts * part size, code width]: codes are sums of these.</summary>
    public Tensor Table()
    {
        var tables = nn.functional.normalize(codebook, 2, -1).view(Code.Parts, Code.PartSize, -1);
        return cat([.. Enumerable.Range(0, Code.Parts).Select(part =>
            nn.functional.pad(tables[part], [part * tables.shape[2], (Code.Parts - 1 - part) * tables.shape[2]]))], 0);
    }

    private Tensor InParts(Tensor rows) => rows.reshape([.. rows.shape[..^1], Code.Parts, rows.shape[^1] / Code.Parts]);
}
