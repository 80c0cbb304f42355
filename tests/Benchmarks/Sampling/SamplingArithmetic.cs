using Phenaki.Models.Masked;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>The arithmetic that a perfect implementation of the masked transformer would do: two operations for each multiplication and addition of a matrix product, nothing for the rest.</summary>
internal static class SamplingArithmetic
{
    /// <summary>Operations of all steps of a clip without a prefix.</summary>
    public static double Clip(MaskedTransformerConfig model, SamplingSettings settings, int latentFrames, int textTokens)
    {
        double rows = settings.GuidanceScale == 1 ? 1 : 2;
        int frame = model.Rows * model.Columns;
        double sum = 0;
        int known = 0;
        foreach (var stage in model.Stages(latentFrames, prefixTokens: 0, settings.Steps))
        {
            int tokens = stage.LatentFrames * frame;
            int unknown = tokens - known;
            int masked = unknown;
            for (int step = 0; step < stage.Draft && masked > 0; step++)
            {
                sum += (rows * Step(model, tokens, masked, textTokens)) + Logits(model, masked);
                masked = MaskSchedule.MaskedAfter(step, stage.Draft, unknown, masked);
            }

            known = tokens;
            int quarter = tokens / 4;
            sum += stage.Revisions * ((rows * Step(model, tokens, quarter, textTokens)) + Logits(model, quarter));
        }

        return sum + (rows * Texts(model, textTokens));
    }

    /// <summary>Operations of the forward pass of one sample in training.</summary>
    public static double ForwardPass(MaskedTransformerConfig model, int tokens, int masked, int textTokens) =>
        Step(model, tokens, masked, textTokens) + Logits(model, masked) + Texts(model, textTokens);

    private static double Texts(MaskedTransformerConfig model, int textTokens) => textTokens * model.Layers * 2d * model.TextWidth * 2 * model.Width;

    // One row of the batch. The last layer needs keys and values of all tokens, the rest of it at masked positions alone.
    private static double Step(MaskedTransformerConfig model, double tokens, double masked, double textTokens)
    {
        double width = model.Width;
        double keysValues = 2 * 2 * width * width;
        double toText = Math.Min((2 * 2 * width * width) + (4 * textTokens * width), 4 * textTokens * model.Heads * width);
        double others = (2 * 2 * width * width) + toText + (4 * width * model.Mlp) + (4 * tokens * width);
        double layers = ((model.Layers - 1) * tokens * (keysValues + others)) + (tokens * keysValues) + (masked * others);
        double convolutions = model.GridConvolutions * tokens * 2 * 9 * width * width;
        double hidden = masked * ((2 * width * width) + ((model.CodeParts - 1) * 4 * width * width));
        return layers + convolutions + hidden;
    }

    // The product with the codes comes after guidance, once for both rows of the batch.
    private static double Logits(MaskedTransformerConfig model, double masked) => masked * model.CodeParts * 2d * model.Width * model.Code().PartSize;
}
