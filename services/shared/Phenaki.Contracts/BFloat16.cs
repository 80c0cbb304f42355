namespace Phenaki.Contracts;

/// <summary>The upper half of an IEEE 754 single: 1 sign, 8 exponent and 7 fraction bits.</summary>
public static class BFloat16
{
    /// <summary>Rounds to the nearest bfloat16, ties to even; beyond the largest finite value to infinity, as IEEE 754 asks.</summary>
    public static ushort FromSingle(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Rounding could carry a NaN's fraction into the sign or clear it to infinity; a quiet bit keeps it a NaN.
            return (ushort)((bits >> 16) | 0x0040);
        }

        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Widens; exact.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
