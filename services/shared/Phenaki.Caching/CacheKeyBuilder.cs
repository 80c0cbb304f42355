using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Phenaki.Caching;

/// <summary>
/// Hashes fields to a <see cref="CacheKey"/>. Every field is hashed as {tag of its type: 1 byte}{length: u32 little-endian}{bytes},
/// so that no two lists of fields share their bytes; the first two are the version byte and the kind.
/// </summary>
public sealed class CacheKeyBuilder : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Begins a key.</summary>
    /// <param name="kind">What is named, as in "prompt": different kinds never share a key.</param>
    /// <param name="version">Raised when the meaning or the order of the fields changes.</param>
    public CacheKeyBuilder(string kind, byte version)
    {
        Append('v', [version]);
        Add(kind);
    }

    /// <summary>Adds text, as UTF-8.</summary>
    public CacheKeyBuilder Add(string text) => Append('s', Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a number, as a whole number of 64 bits.</summary>
    public CacheKeyBuilder Add(ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return Append('u', bytes);
    }

    /// <summary>Adds a number of at least 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 0.</exception>
    public CacheKeyBuilder Add(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return Add((ulong)number);
    }

    /// <summary>Adds the bits of a number, so that what prints alike but computes differently is told apart.</summary>
    public CacheKeyBuilder Add(float number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, number);
        return Append('f', bytes);
    }

    /// <summary>Adds another key, or that there is none.</summary>
    public CacheKeyBuilder Add(CacheKey? key)
    {
        if (key is not { } present)
        {
            return Append('n', []);
        }

        Span<byte> bytes = stackalloc byte[CacheKey.Length];
        present.CopyTo(bytes);
        return Append('k', bytes);
    }

    /// <summary>Adds raw bytes.</summary>
    public CacheKeyBuilder Add(ReadOnlySpan<byte> bytes) => Append('b', bytes);

    /// <summary>The key of the fields; ends the builder's life.</summary>
    public CacheKey Build()
    {
        using var ended = hash;
        Span<byte> digest = stackalloc byte[CacheKey.Length];
        hash.GetHashAndReset(digest);
        return new CacheKey(digest);
    }

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();

    private CacheKeyBuilder Append(char tag, ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[1 + sizeof(uint)];
        header[0] = (byte)tag;
        BinaryPrimitives.WriteUInt32LittleEndian(header[1..], (uint)bytes.Length);
        hash.AppendData(header);
        hash.AppendData(bytes);
        return this;
    }
}
