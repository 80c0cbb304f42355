using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>Cross-entropy on masked tokens (arXiv 2210.02399, section 2.2): what training lowers and evaluation measures.</summary>
internal static class MaskedLoss
{
    /// <summary>The mean over all masked tokens of a batch of the sum over their parts, in nats.</summary>
    public static Tensor Of(TransformerBatches.Batch batch, MaskedTransformerNetwork network, T5Encoder encoder)
    {
        var (count, length) = (batch.Tokens.shape[0], batch.Tokens.shape[1]);
        long[] masked = [.. batch.Examples.SelectMany((example, row) => example.Masked.Select(position => (row * length) + position))];
        var at = tensor(masked, dtype: ScalarType.Int64, device: batch.Tokens.device);
        var known = batch.Tokens.flatten().index_fill(0, at, network.MaskToken).view(count, length);
        var (text, mask) = DropText(encoder.forward(batch.WordIds, batch.WordMask), batch.WordMask, batch.Examples, network.EmptyText);
        var embeddings = network.Embeddings();
        var rows = network.Forward(known, embeddings, network.Project(text, mask), network.PositionBiases(batch.LatentFrames));
        var hidden = rows.flatten(0, 1).index_select(0, at);
        var code = network.Code;
        var targets = batch.Tokens.flatten().index_select(0, at);
        return Enumerable.Range(0, code.Parts)
            .Select(part => nn.functional.cross_entropy(network.Logits(hidden, embeddings, part, targets), targets.div(code.Stride(part), RoundingMode.floor).remainder(code.PartSize)))
            .Aggregate((sum, loss) => sum + loss);
    }

    // A dropped text is the empty text: one row, the rest padding, exactly as guidance has it when sampling.
    private static (Tensor Text, Tensor Mask) DropText(Tensor text, Tensor mask, IReadOnlyList<MaskedExample> examples, Tensor emptyText)
    {
        var drop = tensor(examples.Select(example => example.DropText).ToArray(), device: mask.device);
        var empty = nn.functional.pad(emptyText, [0, 0, 0, text.shape[1] - 1]);
        var first = arange(mask.shape[1], device: mask.device).eq(0).unsqueeze(0);
        return (where(drop.view(-1, 1, 1), empty, text), where(drop.view(-1, 1), first, mask));
    }
}
