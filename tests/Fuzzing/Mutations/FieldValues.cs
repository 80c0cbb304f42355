using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Phenaki.Fuzzing.Mutations;

/// <summary>Values at the edges of what a field can hold, and beyond what it may.</summary>
internal static class FieldValues
{
    private static readonly uint[] Numbers =
        [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 32, 33, 63, 64, 65, 255, 256, 257, 4096, 10_000, 10_001, 65_536, 1 << 20, int.MaxValue, 1u << 31, uint.MaxValue - 1, uint.MaxValue];

    private static readonly float[] Floats =
        [0, -0f, 1, -1, 0.5f, 16, 64, 64.00001f, 1e-45f, 1e38f, float.MaxValue, float.MinValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    private static readonly string[] Texts =
    [
        "", " ", "\t", "a", "\0", "a\u0007b", "\u0085", "\u200B", "\uFEFF", "\u202E bear", "e\u0301", "\U0001F43B", "ﷺ", "</s>", "<unk>", "<pad>", "▁", "NaN",
        "a teddy bear " + "is a bear ", "%s%n", "${jndi}", "../../etc/passwd",
    ];

    /// <summary>A value for a field that holds no message.</summary>
    /// <param name="field">The field.</param>
    /// <param name="current">What it holds; null for nothing.</param>
    /// <param name="random">Chooses.</param>
    public static object Of(FieldDescriptor field, object? current, Random random) => field.FieldType switch
    {
        FieldType.UInt32 or FieldType.Fixed32 => Number(random),
        FieldType.UInt64 or FieldType.Fixed64 => random.Next(2) == 0 ? Number(random) * (ulong)Number(random) : ulong.MaxValue - (ulong)random.Next(3),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)Number(random)),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => unchecked((long)(Number(random) * (ulong)Number(random))),
        FieldType.Float => Float(random),
        FieldType.Double => (double)Float(random),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, Bytes.Pick(random, [-1, 0, 1, 2, 3, 4, 5, 6, 100, int.MaxValue, int.MinValue])),
        FieldType.String => Text((string?)current ?? "", random),
        FieldType.Bytes => ByteString.CopyFrom(Data(((ByteString?)current ?? ByteString.Empty).ToByteArray(), random)),
        _ => throw new ArgumentException($"There are no values for {field.FieldType}.", nameof(field)),
    };

    private static uint Number(Random random) => random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : Bytes.Pick<uint>(random, Numbers);

    private static float Float(Random random) => random.Next(4) == 0 ? (float)(random.NextDouble() * 100) - 20 : Bytes.Pick<float>(random, Floats);

    private static string Text(string current, Random random) => random.Next(4) switch
    {
        0 => Bytes.Pick<string>(random, Texts),
        1 => current.Insert(random.Next(current.Length + 1), Bytes.Pick<string>(random, Texts)),
        2 => new string(Bytes.Pick(random, ['a', ' ', 'é', '\u0301', '水', '.']), Bytes.Pick(random, [127, 128, 129, 511, 512, 513, 4095, 4096, 4097, 100_000])),
        _ => string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => char.ConvertFromUtf32(Codepoint(random)))),
    };

    private static int Codepoint(Random random)
    {
        var point = random.Next(2) == 0 ? random.Next(0x300) : random.Next(0x10FFFF);
        return point is >= 0xD800 and <= 0xDFFF ? 0xFFFD : point;
    }

    private static byte[] Data(byte[] current, Random random) => random.Next(5) switch
    {
        0 => Bytes.Damage(current, random),
        1 => Bytes.Some(random, current.Length),
        2 => Enumerable.Repeat(Bytes.Pick<byte>(random, [0x00, 0x7F, 0x80, 0xFF]), current.Length).ToArray(),
        3 => Overwritten(current, random),
        _ => [.. current, .. current],
    };

    // NaN, infinity and the largest numbers, where a tensor of floats would have them.
    private static byte[] Overwritten(byte[] current, Random random)
    {
        var floats = current.ToArray();
        var values = MemoryMarshal.Cast<byte, float>(floats.AsSpan());
        if (values.Length > 0)
        {
            values[random.Next(values.Length)] = Bytes.Pick<float>(random, Floats);
        }

        return floats;
    }
}
