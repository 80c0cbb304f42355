using System.Buffers.Binary;

namespace Phenaki.Caching;

/// <summary>The name of a cached value: a SHA-256 digest (32 bytes), made by <see cref="CacheKeyBuilder"/>.</summary>
public readonly record struct CacheKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    private readonly ulong a;
    private readonly ulong b;
    private readonly ulong c;
    private readonly ulong d;

    /// <summary>Takes a digest.</summary>
    /// <param name="digest">Exactly <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException">Any other number of bytes.</exception>
    public CacheKey(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != Length)
        {
            throw new ArgumentException($"A cache key has {Length} bytes, not {digest.Length}.", nameof(digest));
        }

        a = BinaryPrimitives.ReadUInt64BigEndian(digest);
        b = BinaryPrimitives.ReadUInt64BigEndian(digest[8..]);
        c = BinaryPrimitives.ReadUInt64BigEndian(digest[16..]);
        d = BinaryPrimitives.ReadUInt64BigEndian(digest[24..]);
    }

    /// <summary>Writes the digest.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], d);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> digest = stackalloc byte[Length];
        CopyTo(digest);
        return Convert.ToHexStringLower(digest);
    }
}
