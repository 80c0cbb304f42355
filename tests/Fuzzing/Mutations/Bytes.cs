namespace Phenaki.Fuzzing.Mutations;

/// <summary>Damages bytes without knowing what they mean.</summary>
internal static class Bytes
{
    private const int MaxInserted = 64;

    /// <summary>Damages them in one way.</summary>
    public static byte[] Damage(byte[] bytes, Random random) => random.Next(8) switch
    {
        0 or 1 => Change(bytes, random, b => (byte)(b ^ (1 << random.Next(8)))),
        2 => Change(bytes, random, _ => Pick<byte>(random, [0x00, 0x01, 0x7F, 0x80, 0xFF])),
        3 => bytes[..random.Next(bytes.Length + 1)],
        4 => Cut(bytes, random),
        5 => Repeat(bytes, random),
        6 => Insert(bytes, random, Some(random, random.Next(MaxInserted))),
        _ => Change(bytes, random, _ => (byte)random.Next(256)),
    };

    /// <summary>Random bytes.</summary>
    public static byte[] Some(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Puts bytes somewhere between others.</summary>
    public static byte[] Insert(byte[] bytes, Random random, byte[] more)
    {
        var at = random.Next(bytes.Length + 1);
        return [.. bytes[..at], .. more, .. bytes[at..]];
    }

    /// <summary>One of several.</summary>
    public static T Pick<T>(Random random, ReadOnlySpan<T> among) => among[random.Next(among.Length)];

    private static byte[] Change(byte[] bytes, Random random, Func<byte, byte> change)
    {
        var changed = bytes.ToArray();
        for (var i = random.Next(1, 5); i > 0 && changed.Length > 0; i--)
        {
            var at = random.Next(changed.Length);
            changed[at] = change(changed[at]);
        }

        return changed;
    }

    private static byte[] Cut(byte[] bytes, Random random)
    {
        var (from, to) = Slice(bytes, random);
        return [.. bytes[..from], .. bytes[to..]];
    }

    private static byte[] Repeat(byte[] bytes, Random random)
    {
        var (from, to) = Slice(bytes, random);
        return [.. bytes[..to], .. bytes[from..]];
    }

    private static (int From, int To) Slice(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        return (from, Math.Min(bytes.Length, from + random.Next(MaxInserted)));
    }
}
