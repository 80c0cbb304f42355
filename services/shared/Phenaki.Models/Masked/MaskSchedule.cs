namespace Phenaki.Models.Masked;

/// <summary>How many tokens stay masked (MaskGIT, arXiv 2202.04200, section 3.3: cosine).</summary>
public static class MaskSchedule
{
    /// <summary>Masked part of a clip when a part <paramref name="done"/> (0 to 1) of the decoding is done: cos(pi/2 * done).</summary>
    public static double Ratio(double done) => Math.Cos(Math.PI / 2 * done);

    /// <summary>Tokens that are masked after a step: floor(ratio * unknown), at least 1 and at most one less than before until the last step, then 0.</summary>
    /// <param name="step">Step, from 0.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="unknown">Tokens that were masked at the start, at least 1.</param>
    /// <param name="maskedBefore">Tokens that are masked before the step.</param>
    public static int MaskedAfter(int step, int steps, int unknown, int maskedBefore)
    {
        if (step >= steps - 1)
        {
            return 0;
        }

        int scheduled = (int)Math.Floor(Ratio((step + 1.0) / steps) * unknown);
        return Math.Min(Math.Max(scheduled, 1), maskedBefore - 1);
    }
}
