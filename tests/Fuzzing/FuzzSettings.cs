namespace Phenaki.Fuzzing;

/// <summary>How a run goes.</summary>
internal sealed record FuzzSettings
{
    /// <summary>The seed that is used where none is given.</summary>
    public const int DefaultSeed = 2210_0239;

    /// <summary>Seed of the random numbers.</summary>
    public int Seed { get; init; } = DefaultSeed;

    /// <summary>Cases.</summary>
    public int Count { get; init; } = 5_000;

    /// <summary>Number of the first case.</summary>
    public int First { get; init; }

    /// <summary>Parts of the run after each of which memory is measured; the first warms up.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>Longest that a case may take.</summary>
    public TimeSpan CaseLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Findings after which a run ends.</summary>
    public int MaxFindings { get; init; } = 20;

    /// <summary>Bytes by which the managed memory may differ from one round to another: caches and pools fill.</summary>
    public long MaxManagedGrowth { get; init; } = 32L << 20;

    /// <summary>Bytes by which the memory of the process may: the allocators of Torch and ImageMagick keep what they were once given.</summary>
    public long MaxProcessGrowth { get; init; } = 400L << 20;

    /// <summary>The random numbers of a case: neighbouring cases have nothing in common.</summary>
    public Random RandomOf(int number)
    {
        // The finaliser of MurmurHash3.
        var bits = unchecked(((ulong)(uint)Seed << 32) | (uint)number);
        bits = unchecked((bits ^ (bits >> 33)) * 0xFF51AFD7ED558CCD);
        bits = unchecked((bits ^ (bits >> 33)) * 0xC4CEB9FE1A85EC53);
        return new Random((int)(bits ^ (bits >> 33)));
    }
}
