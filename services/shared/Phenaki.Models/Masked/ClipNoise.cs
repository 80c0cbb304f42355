namespace Phenaki.Models.Masked;

/// <summary>The random numbers of one clip, keyed by (seed, scene, clip, step, position).</summary>
/// <param name="Seed">Seed of the story: the key.</param>
/// <param name="Scene">Number of the scene, from 0.</param>
/// <param name="Clip">Number of the clip in its scene, from 0.</param>
public readonly record struct ClipNoise(ulong Seed, uint Scene, uint Clip)
{
    /// <summary>Two independent uniform numbers in (0, 1) for a position in a step: one chooses the token, one shakes the confidence.</summary>
    public (float Token, float Confidence) At(int step, int position)
    {
        var (token, confidence, _, _) = Philox.Generate(((uint)position, (uint)step, Clip, Scene), ((uint)Seed, (uint)(Seed >> 32)));
        return (Philox.ToUniform(token), Philox.ToUniform(confidence));
    }
}
