using Phenaki.Models;
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
        var at = batch.Masked;
        var known = batch.Tokens.flatten().index_fill(0, at, Number.Of(network.MaskToken)).view(batch.Tokens.shape);
        var (text, mask) = DropText(encoder.forward(batch.WordIds, batch.WordMask), batch, network.EmptyText);
        var embeddings = network.Embeddings();
        var rows = network.Forward(known, embeddings, network.Project(text, mask), network.PositionBiases(batch.LatentFrames));
        var masked = rows.flatten(0, 1).index_select(0, at);
        var code = network.Code;
        var targets = batch.Tokens.flatten().index_select(0, at);
        return Enumerable.Range(0, code.Parts).Select(OfPart).Aggregate((sum, loss) => sum.Plus(loss));

        Tensor OfPart(int part)
        {
            var logits = network.Logits(network.Hidden(masked, embeddings, part, targets), embeddings, part);
            return nn.functional.cross_entropy(
                logits.to_type(ScalarType.Float32), targets.div(Number.Of(code.Stride(part)), RoundingMode.floor).remainder(Number.Of(code.PartSize)));
        }
    }

    // A dropped text is the empty text: one row, the rest padding, exactly as guidance has it when sampling.
    private static (Tensor Text, Tensor Mask) DropText(Tensor text, TransformerBatches.Batch batch, Tensor emptyText)
    {
        var (drop, mask) = (batch.DropText, batch.WordMask);
        var empty = nn.functional.pad(emptyText, [0, 0, 0, text.shape[1] - 1]);
        var first = Number.Range(mask.shape[1], mask.device).eq(Number.Of(0)).unsqueeze(0);
        return (where(drop.view(-1, 1, 1), empty, text.to_type(emptyText.dtype)), where(drop.view(-1, 1), first, mask));
    }
}
