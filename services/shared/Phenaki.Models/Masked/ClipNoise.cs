namespace Phenaki.Models.Masked;

/// <summary>The random numbers of one clip, keyed by (seed, scene, clip, step, position).</summary>
/// <param name="Seed">Seed of the story: the key.</param>
/// <param name="Scene">Number of the scene, from 0.</param>
/// <param name="Clip">Number of the clip in its scene, from 0.</param>
public readonly record struct ClipNoise(ulong Seed, uint Scene, uint Clip)
{
    /// <summary>Independent uniform numbers in (0, 1) for a position in a step: one chooses the token, one shakes the confidence.</summary>
    public (float Token, float Confidence) At(int step, int position)
    {
        var (token, confidence, _, _) = Bits(step, position);
        return (Philox.ToUniform(token), Philox.ToUniform(confidence));
    }

    /// <summary>The uniform number in (0, 1) that chooses a part of a token (<see cref="ProductCode"/>).</summary>
    /// <param name="step">Step, from 0.</param>
    /// <param name="position">Position of the token.</param>
    /// <param name="part">Part of the token, 0 to 2.</param>
    public float Token(int step, int position, int part)
    {
        var (first, _, second, third) = Bits(step, position);
        return Philox.ToUniform(part == 0 ? first : part == 1 ? second : third);
    }

    private (uint X0, uint X1, uint X2, uint X3) Bits(int step, int position) =>
        Philox.Generate(((uint)position, (uint)step, Clip, Scene), ((uint)Seed, (uint)(Seed >> 32)));
}
