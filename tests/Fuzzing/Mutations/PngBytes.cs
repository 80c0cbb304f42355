using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Phenaki.Fuzzing.Mutations;

/// <summary>Damages a PNG behind its checksums, where a flipped bit alone would never get.</summary>
internal static class PngBytes
{
    private const int SignatureBytes = 8;

    private static readonly uint[] Sizes = [0, 1, 2, 7, 8, 1000, 7071, 7072, 65_535, 65_536, 1_000_000, int.MaxValue, uint.MaxValue];

    /// <summary>Damages a chunk, or the order of chunks.</summary>
    public static byte[] Damage(byte[] png, Random random)
    {
        var chunks = Chunks(png);
        var at = random.Next(chunks.Count);
        switch (random.Next(5))
        {
            case 0:
                chunks.RemoveAt(at);
                break;
            case 1:
                chunks.Insert(random.Next(chunks.Count + 1), chunks[at]);
                break;
            case 2:
                var header = chunks[0].Data.ToArray();
                BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4 * random.Next(2)), Bytes.Pick<uint>(random, Sizes));
                chunks[0] = chunks[0] with { Data = header };
                break;
            case 3:
                chunks[0] = chunks[0] with { Data = Bytes.Damage(chunks[0].Data, random) };
                break;
            default:
                chunks[at] = chunks[at] with { Data = Bytes.Damage(chunks[at].Data, random) };
                break;
        }

        return [.. png[..SignatureBytes], .. chunks.SelectMany(Encode)];
    }

    private static List<(string Type, byte[] Data)> Chunks(byte[] png)
    {
        List<(string, byte[])> chunks = [];
        for (var at = SignatureBytes; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }

        return chunks;
    }

    private static byte[] Encode((string Type, byte[] Data) chunk)
    {
        var bytes = new byte[12 + chunk.Data.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, chunk.Data.Length);
        Encoding.ASCII.GetBytes(chunk.Type, bytes.AsSpan(4));
        chunk.Data.CopyTo(bytes, 8);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8 + chunk.Data.Length), Crc32.HashToUInt32(bytes.AsSpan(4, 4 + chunk.Data.Length)));
        return bytes;
    }
}
