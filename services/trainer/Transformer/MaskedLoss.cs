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
        var (text, mask) = DropText(encoder.forward(batch.WordIds, batch.WordMask), batch, network.EmptyText);
        var embeddings = network.Embeddings();
        var shown = Shown(batch, network, embeddings, text, mask);
        var masked = Predict(shown, at, batch.LatentFrames, network, embeddings, network.Project(text, mask));
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

    // The rows of masked positions.
    private static Tensor Predict(Tensor tokens, Tensor at, int latentFrames, MaskedTransformerNetwork network, Tensor embeddings, TextContext text)
    {
        var known = tokens.flatten().index_fill(0, at, Number.Of(network.MaskToken)).view(tokens.shape);
        return network.Forward(known, embeddings, text, network.PositionBiases(latentFrames)).flatten(0, 1).index_select(0, at);
    }

    /// <summary>
    /// The tokens of a batch with the network's guesses in place of some, drawn at temperature 1 and all at once from the others (step-unrolled denoising, arXiv 2112.06749, section
    /// 2). Nothing is learned from drawing; samples without guesses are left out of the pass.
    /// </summary>
    /// <param name="batch">Tokens, and which are guessed.</param>
    /// <param name="network">Guesses.</param>
    /// <param name="embeddings">From <see cref="MaskedTransformerNetwork.Embeddings"/>.</param>
    /// <param name="text">Encoded texts, shape [batch, text length, text width].</param>
    /// <param name="mask">Shape [batch, text length], true for a text row.</param>
    /// <returns>The shape of the batch's tokens.</returns>
    internal static Tensor Shown(TransformerBatches.Batch batch, MaskedTransformerNetwork network, Tensor embeddings, Tensor text, Tensor mask)
    {
        if (batch.Guessed is not { } guessed)
        {
            return batch.Tokens;
        }

        using var _ = no_grad();
        using var scope = NewDisposeScope();
        long length = batch.Tokens.shape[1];
        var code = network.Code;
        var (rows, ofRows, _) = guessed.div(Number.Of(length), RoundingMode.floor).unique(sorted: true, return_inverse: true);
        var at = ofRows!.mul(Number.Of(length)).Plus(guessed.remainder(Number.Of(length)));
        var context = network.Project(text.index_select(0, rows), mask.index_select(0, rows));
        var masked = Predict(batch.Tokens.index_select(0, rows), at, batch.LatentFrames, network, embeddings, context);
        var guesses = zeros_like(at);
        for (int part = 0; part < code.Parts; part++)
        {
            var logits = network.Logits(network.Hidden(masked, embeddings, part, guesses), embeddings, part);
            var passed = nn.functional.softmax(logits.to_type(ScalarType.Float32), 1).cumsum(1);
            var digits = (passed < batch.GuessNumbers!.narrow(1, part, 1)).sum(1).clamp_(max: Number.Of(code.PartSize - 1));
            guesses = guesses.Plus(digits.mul(Number.Of(code.Stride(part))));
        }

        return batch.Tokens.flatten().index_copy(0, guessed, guesses).view(batch.Tokens.shape).MoveToOuterDisposeScope();
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
