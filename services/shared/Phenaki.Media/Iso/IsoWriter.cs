using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Phenaki.Media.Iso;

/// <summary>Writes boxes of an ISO base media file into memory; sizes are filled in when a box ends.</summary>
internal sealed class IsoWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>Bytes written so far.</summary>
    public int Length => _bytes.Count;

    /// <summary>What was written.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>A box around what <paramref name="body"/> writes.</summary>
    public IsoWriter Box(string type, Action body)
    {
        int start = Length;
        UInt32(0).Ascii(type);
        body();
        BinaryPrimitives.WriteUInt32BigEndian(CollectionsMarshal.AsSpan(_bytes)[start..], (uint)(Length - start));
        return this;
    }

    /// <summary>A box with version 0 and flags (ISO/IEC 14496-12, section 4.2.2) around what <paramref name="body"/> writes.</summary>
    public IsoWriter FullBox(string type, uint flags, Action body) => Box(type, () =>
    {
        UInt32(flags);
        body();
    });

    /// <summary>16 bits, most significant byte first.</summary>
    public IsoWriter UInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)value));
        return Bytes(bytes);
    }

    /// <summary>32 bits, most significant byte first.</summary>
    public IsoWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Bytes(bytes);
    }

    /// <summary>64 bits, most significant byte first.</summary>
    public IsoWriter Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Bytes(bytes);
    }

    /// <summary>Bytes as they are.</summary>
    public IsoWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>One byte for each character.</summary>
    public IsoWriter Ascii(string text) => Bytes(Encoding.ASCII.GetBytes(text));

    /// <summary>Zero bytes.</summary>
    public IsoWriter Zeros(int count) => Bytes(new byte[count]);
}
