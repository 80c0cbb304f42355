using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Phenaki.Models.Safetensors;

/// <summary>Stored little-endian values to and from the types of .NET, and the search for NaN and infinity. Hosts are little-endian, as .NET's all are.</summary>
internal static class FloatConversion
{
    // All ones in the exponent: infinity or NaN.
    private const ushort BFloat16Exponent = 0x7F80;

    public static long CountNonFinite(ReadOnlySpan<byte> bytes, SafetensorsDtype dtype)
    {
        switch (dtype)
        {
            case SafetensorsDtype.F32:
                return CountNonFinite(MemoryMarshal.Cast<byte, float>(bytes));
            case SafetensorsDtype.F16:
                long bad = 0;
                foreach (var value in MemoryMarshal.Cast<byte, Half>(bytes))
                {
                    bad += Half.IsFinite(value) ? 0 : 1;
                }

                return bad;
            case SafetensorsDtype.BF16:
                bad = 0;
                foreach (var bits in MemoryMarshal.Cast<byte, ushort>(bytes))
                {
                    bad += (bits & BFloat16Exponent) == BFloat16Exponent ? 1 : 0;
                }

                return bad;
            default:
                return 0;
        }
    }

    public static long CountNonFinite(ReadOnlySpan<float> values)
    {
        long bad = 0;
        foreach (var value in values)
        {
            bad += float.IsFinite(value) ? 0 : 1;
        }

        return bad;
    }

    public static void ToSingle(ReadOnlySpan<byte> bytes, SafetensorsDtype dtype, Span<float> destination)
    {
        switch (dtype)
        {
            case SafetensorsDtype.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
                break;
            case SafetensorsDtype.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            default:
                var bits = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < bits.Length; i++)
                {
                    destination[i] = BitConverter.Int32BitsToSingle(bits[i] << 16);
                }

                break;
        }
    }

    public static void Widen(ReadOnlySpan<byte> bytes, Span<int> destination)
    {
        var values = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            destination[i] = values[i];
        }
    }
}
