namespace Phenaki.Models.Masked;

/// <summary>
/// Philox4x32-10, a counter-based random number generator (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011):
/// each number is a pure function of key and counter, so it does not matter who else draws numbers, in which order, or on which machine.
/// </summary>
public static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>The four numbers of a counter under a key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Generate(
        (uint C0, uint C1, uint C2, uint C3) counter, (uint K0, uint K1) key)
    {
        var (c0, c1, c2, c3) = counter;
        var (k0, k1) = key;
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>A uniform number in (0, 1), both ends excluded, from the upper 23 bits of <paramref name="bits"/>: with half a unit added they still fit a float exactly.</summary>
    public static float ToUniform(uint bits) => ((bits >> 9) + 0.5f) * (1f / (1 << 23));
}
