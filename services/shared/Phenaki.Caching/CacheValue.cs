using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Phenaki.Caching;

/// <summary>A tensor as it lies in the cache.</summary>
/// <remarks>
/// Format 1, numbers little-endian: "PHKV"; format version u8; data type u8; rank u8; 0; sizes u32 each; fingerprint (32 bytes); payload
/// length u32; notes length u32; payload; notes; the first 16 bytes of the SHA-256 of everything before.
/// </remarks>
/// <param name="DataType">Element type.</param>
/// <param name="Shape">Sizes, at most <see cref="MaxRank"/>, each at least 0.</param>
/// <param name="Fingerprint">The key that the value was stored for, itself made from the models' fingerprints.</param>
/// <param name="Payload">Elements, row-major, exactly as many bytes as type and shape ask for.</param>
/// <param name="Notes">Anything that goes with the tensor, as UTF-8 JSON; may be empty.</param>
public sealed record CacheValue(
    CacheDataType DataType, IReadOnlyList<int> Shape, CacheKey Fingerprint, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Notes)
{
    /// <summary>Format version that is written.</summary>
    public const byte FormatVersion = 1;

    /// <summary>Most sizes of a shape.</summary>
    public const int MaxRank = 8;

    private const int FixedHeader = 8;
    private const int ChecksumBytes = 16;

    private static ReadOnlySpan<byte> Magic => "PHKV"u8;

    /// <summary>The stored form.</summary>
    /// <exception cref="ArgumentException">The payload is not what type and shape ask for.</exception>
    public byte[] Encode()
    {
        if (Shape.Count > MaxRank || ElementBytes(DataType) == 0 || PayloadBytes(DataType, Shape) != Payload.Length)
        {
            throw new ArgumentException(
                $"A payload of {Payload.Length} bytes is no {DataType} tensor of shape [{string.Join(", ", Shape)}].");
        }

        int header = FixedHeader + (4 * Shape.Count) + CacheKey.Length + 8;
        byte[] stored = new byte[header + Payload.Length + Notes.Length + ChecksumBytes];
        Span<byte> at = stored;
        Magic.CopyTo(at);
        at[4] = FormatVersion;
        at[5] = (byte)DataType;
        at[6] = (byte)Shape.Count;
        at = at[FixedHeader..];
        foreach (int size in Shape)
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, size);
            at = at[4..];
        }

        Fingerprint.CopyTo(at);
        at = at[CacheKey.Length..];
        BinaryPrimitives.WriteInt32LittleEndian(at, Payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], Notes.Length);
        Payload.Span.CopyTo(at[8..]);
        Notes.Span.CopyTo(at[(8 + Payload.Length)..]);
        Checksum(stored.AsSpan(0, stored.Length - ChecksumBytes), stored.AsSpan(stored.Length - ChecksumBytes));
        return stored;
    }

    /// <summary>Reads a stored value; payload and notes are slices of it.</summary>
    /// <returns>Null when the value is whole, else why it is not.</returns>
    public static CacheMissReason? TryDecode(ReadOnlyMemory<byte> stored, out CacheValue? value)
    {
        value = null;
        ReadOnlySpan<byte> bytes = stored.Span;
        if (bytes.Length < FixedHeader || !bytes.StartsWith(Magic))
        {
            return CacheMissReason.Damaged;
        }

        if (bytes[4] != FormatVersion)
        {
            return CacheMissReason.Version;
        }

        int rank = bytes[6];
        int header = FixedHeader + (4 * rank) + CacheKey.Length + 8;
        if (rank > MaxRank || bytes[7] != 0 || bytes.Length < header + ChecksumBytes)
        {
            return CacheMissReason.Damaged;
        }

        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        Checksum(bytes[..^ChecksumBytes], checksum);
        if (!checksum.SequenceEqual(bytes[^ChecksumBytes..]))
        {
            return CacheMissReason.Checksum;
        }

        var type = (CacheDataType)bytes[5];
        int[] shape = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(FixedHeader + (4 * i))..]);
        }

        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[(header - 8)..]);
        int notes = BinaryPrimitives.ReadInt32LittleEndian(bytes[(header - 4)..]);
        if (payload < 0 || notes < 0 || (long)header + payload + notes + ChecksumBytes != bytes.Length
            || PayloadBytes(type, shape) != payload)
        {
            return CacheMissReason.Damaged;
        }

        value = new CacheValue(
            type,
            shape,
            new CacheKey(bytes.Slice(FixedHeader + (4 * rank), CacheKey.Length)),
            stored.Slice(header, payload),
            stored.Slice(header + payload, notes));
        return null;
    }

    private static void Checksum(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        digest[..ChecksumBytes].CopyTo(destination);
    }

    private static int ElementBytes(CacheDataType type) => type switch
    {
        CacheDataType.UInt8 => 1,
        CacheDataType.UInt16 or CacheDataType.BFloat16 => 2,
        CacheDataType.UInt32 or CacheDataType.Float32 => 4,
        _ => 0,
    };

    /// <summary>Bytes that a type and shape ask for, or -1 when there can be no such payload.</summary>
    private static long PayloadBytes(CacheDataType type, IReadOnlyList<int> shape)
    {
        int element = ElementBytes(type);
        if (element == 0 || shape.Any(size => size < 0))
        {
            return -1;
        }

        // In floating point a product of eight sizes cannot wrap around, and below 2^31 it is exact.
        double bytes = shape.Aggregate((double)element, (product, size) => product * size);
        return bytes <= int.MaxValue ? (long)bytes : -1;
    }
}
