using Phenaki.Models.Masked;

namespace Phenaki.Trainer.Transformer;

/// <summary>Draws which tokens are masked (MaskGIT, arXiv 2202.04200, section 3.1) and which samples lose their text: pure functions of seed, step and row.</summary>
/// <param name="seed">Seed of the training.</param>
/// <param name="tokensPerLatentFrame">Tokens of a latent frame.</param>
/// <param name="textDrop">Part of the samples whose text is dropped, 0 to 1.</param>
internal sealed class MaskDraw(ulong seed, int tokensPerLatentFrame, double textDrop)
{
    // Positions below this are tokens; from it on they stand for choices about the whole row.
    private const uint RowDraw = 1u << 31;

    // Rows from this on draw the guesses of those below.
    private const int Guesses = 1 << 20;

    /// <summary>Draws for one sample.</summary>
    /// <param name="step">Step of the training.</param>
    /// <param name="row">Row in the step's batch; clips and stills have rows of their own.</param>
    /// <param name="latentFrames">Latent frames of the sample.</param>
    /// <param name="known">Latent frames at the start that are never masked, fewer than all.</param>
    /// <param name="most">Largest part of the others that is masked, above 0 and at most 1.</param>
    public MaskedExample Draw(long step, int row, int latentFrames, int known, double most = 1)
    {
        var (ratio, drop, _, _) = Bits(step, row, RowDraw);
        int first = known * tokensPerLatentFrame;
        int unknown = (latentFrames * tokensPerLatentFrame) - first;
        int masked = Math.Clamp((int)Math.Ceiling(MaskSchedule.Ratio(Philox.ToUniform(ratio)) * most * unknown), 1, unknown);
        int[] chosen = [.. Enumerable.Range(first, unknown).OrderBy(p => Bits(step, row, (uint)p).X0).ThenBy(p => p).Take(masked).Order()];
        return new MaskedExample(known, chosen, Philox.ToUniform(drop) < textDrop);
    }

    /// <summary>Draws for one sample whose tokens the network guesses in part.</summary>
    /// <param name="step">Step of the training.</param>
    /// <param name="row">As for <see cref="Draw"/>.</param>
    /// <param name="latentFrames">As for <see cref="Draw"/>.</param>
    /// <param name="known">As for <see cref="Draw"/>; they are never guessed.</param>
    /// <param name="guessing">How much.</param>
    public MaskedExample DrawGuessing(long step, int row, int latentFrames, int known, GuessingConfig guessing) =>
        Draw(step, row, latentFrames, known, guessing.MostMasked) with { Guessed = Draw(step, Guesses + row, latentFrames, known, guessing.MostTokens).Masked };

    /// <summary>The uniform numbers in (0, 1) that choose the parts of a guessed token.</summary>
    /// <param name="step">Step of the training.</param>
    /// <param name="row">Row in the step's batch.</param>
    /// <param name="position">Position of the token.</param>
    public (float First, float Second, float Third) Guess(long step, int row, int position)
    {
        var (_, first, second, third) = Bits(step, Guesses + row, (uint)position);
        return (Philox.ToUniform(first), Philox.ToUniform(second), Philox.ToUniform(third));
    }

    /// <summary>A uniform number in (0, 1) for a choice about a row as a whole.</summary>
    /// <param name="step">Step of the training.</param>
    /// <param name="row">Row in the step's batch.</param>
    /// <param name="choice">Number of the choice, from 0.</param>
    public double Uniform(long step, int row, uint choice) => Philox.ToUniform(Bits(step, row, RowDraw + 1 + choice).X0);

    private (uint X0, uint X1, uint X2, uint X3) Bits(long step, int row, uint position) =>
        Philox.Generate((position, (uint)row, (uint)step, (uint)(step >> 32)), ((uint)seed, (uint)(seed >> 32)));
}
