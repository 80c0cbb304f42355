using Phenaki.Models;
using Phenaki.Models.Video;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>
/// Moves each code to the exponential mean of the rows that chose it (arXiv 1711.00937, appendix A.1), and puts codes that nothing chooses
/// where the reconstruction is worst (after Jukebox, arXiv 2005.00341, section 3.1).
/// </summary>
internal sealed class CodebookMean : IDisposable
{
    private const double DeadBelow = 0.03;
    private const int ReviveEvery = 10;

    private readonly VectorQuantizer _quantizer;
    private readonly double _decay;
    private readonly Tensor _counts;
    private readonly Tensor _sums;

    public CodebookMean(VectorQuantizer quantizer, double decay)
    {
        _quantizer = quantizer;
        _decay = decay;
        _counts = ones(quantizer.Codebook.shape[0], device: quantizer.Codebook.device).DetachFromDisposeScope();
        _sums = zeros_like(quantizer.Codebook).DetachFromDisposeScope();
        quantizer.Codebook.requires_grad = false;
    }

    /// <summary>State for the checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => [("codebook.counts", _counts), ("codebook.sums", _sums)];

    /// <summary>Starts from given codes.</summary>
    /// <param name="codes">Shape of <see cref="VectorQuantizer.Codebook"/>, unit length.</param>
    public void Reset(Tensor codes)
    {
        using var _ = no_grad();
        _quantizer.Codebook.copy_(codes);
        _sums.copy_(codes);
        _counts.fill_(Number.Of(1));
    }

    /// <summary>Takes in the rows of a step.</summary>
    /// <param name="rows">Shape [count, code width], each part of unit length.</param>
    /// <param name="indices">Code of each row, shape [count].</param>
    /// <param name="errors">Reconstruction error of each row, shape [count].</param>
    /// <param name="step">Number of the step.</param>
    public void Update(Tensor rows, Tensor indices, Tensor errors, long step)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        _counts.mul_(Number.Of(_decay));
        _sums.mul_(Number.Of(_decay));
        var one = ones(indices.shape[0], device: indices.device);
        for (int part = 0; part < _quantizer.Code.Parts; part++)
        {
            var entries = _quantizer.Entries(indices, part);
            _counts.index_add_(0, entries, one, Number.Of(1 - _decay));
            _sums.index_add_(0, entries, PartOf(rows, part), Number.Of(1 - _decay));
        }

        _quantizer.Codebook.copy_(nn.functional.normalize(_sums, 2, 1));
        for (int part = 0; step % ReviveEvery == 0 && part < _quantizer.Code.Parts; part++)
        {
            Revive(part, PartOf(rows, part), errors);
        }
    }

    /// <summary>Codes that were chosen of late.</summary>
    public Tensor Used => (_counts >= Number.Of(DeadBelow)).sum();

    private Tensor PartOf(Tensor rows, int part) => rows.narrow(1, part * _sums.shape[1], _sums.shape[1]);

    private void Revive(int part, Tensor rows, Tensor errors)
    {
        int size = _quantizer.Code.PartSize;
        var dead = (_counts.narrow(0, part * size, size) < Number.Of(DeadBelow)).nonzero().flatten().Plus(Number.Of(part * size));
        long worst = Math.Min(dead.shape[0], rows.shape[0] / 3);
        if (worst == 0)
        {
            return;
        }

        var (_, at) = errors.topk((int)worst, 0);
        var chosen = rows.index_select(0, at);
        dead = dead.narrow(0, 0, worst);
        _sums.index_copy_(0, dead, chosen);
        _counts.index_fill_(0, dead, Number.Of(1));
        _quantizer.Codebook.index_copy_(0, dead, chosen);
    }

    public void Dispose()
    {
        _counts.Dispose();
        _sums.Dispose();
    }
}
