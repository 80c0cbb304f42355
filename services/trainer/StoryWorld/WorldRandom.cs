namespace Phenaki.Trainer.StoryWorld;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014) as a small struct: the stream of a clip depends on seed and index alone,
/// so that any thread can draw any clip.
/// </summary>
internal struct WorldRandom
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong _state;

    public WorldRandom(ulong seed, ulong index = 0)
    {
        _state = Mix(seed + Gamma) ^ Mix(Mix(index + Gamma) + Gamma);
    }

    public ulong Next()
    {
        _state += Gamma;
        return Mix(_state);
    }

    /// <summary>0 to <paramref name="count"/> - 1; the bias is below 2^-32 for the small counts used here.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(IReadOnlyList<T> options) => options[Below(options.Count)];

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
