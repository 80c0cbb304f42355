using System.Buffers.Binary;
using System.Text;

namespace Phenaki.Media.Iso;

/// <summary>A box of an ISO base media file (ISO/IEC 14496-12, section 4.2): a type of four characters and what it holds.</summary>
internal readonly record struct IsoBox(string Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>The boxes that follow each other in <paramref name="data"/>.</summary>
    /// <exception cref="InvalidDataException">A box reaches beyond the data.</exception>
    public static List<IsoBox> ReadAll(ReadOnlyMemory<byte> data)
    {
        var boxes = new List<IsoBox>();
        while (!data.IsEmpty)
        {
            var (type, headerBytes, size) = ReadHeader(data.Span, data.Length);
            boxes.Add(new IsoBox(type, data[headerBytes..(int)size]));
            data = data[(int)size..];
        }

        return boxes;
    }

    /// <summary>Reads a box header.</summary>
    /// <param name="start">At least the first 8 bytes of the box, or 16 where there are as many.</param>
    /// <param name="available">Bytes from the start of the box to the end of what holds it.</param>
    /// <returns>Type, bytes of the header, and bytes of the whole box, at most <paramref name="available"/>.</returns>
    public static (string Type, int HeaderBytes, long Size) ReadHeader(ReadOnlySpan<byte> start, long available)
    {
        if (start.Length < 8)
        {
            throw new InvalidDataException($"a box header of 8 bytes is cut off after {start.Length}");
        }

        string type = Encoding.Latin1.GetString(start.Slice(4, 4));
        long size = BinaryPrimitives.ReadUInt32BigEndian(start);
        int headerBytes = 8;
        if (size == 1 && start.Length >= 16)
        {
            size = BinaryPrimitives.ReadInt64BigEndian(start[8..]);
            headerBytes = 16;
        }
        else if (size == 0)
        {
            size = available;
        }

        if (size < headerBytes || size > available)
        {
            throw new InvalidDataException($"box '{type}' claims {size} bytes where {available} are left");
        }

        return (type, headerBytes, size);
    }

    /// <summary>The boxes inside, after <paramref name="skip"/> bytes of other fields.</summary>
    public List<IsoBox> Children(int skip = 0) => skip <= Body.Length
        ? ReadAll(Body[skip..])
        : throw new InvalidDataException($"box '{Type}' has {Body.Length} bytes where at least {skip} are needed");

    /// <summary>The first box of the type among <paramref name="boxes"/>.</summary>
    public static IsoBox? Find(IEnumerable<IsoBox> boxes, string type)
    {
        foreach (var box in boxes)
        {
            if (box.Type == type)
            {
                return box;
            }
        }

        return null;
    }

    /// <summary>The first box of the type among <paramref name="boxes"/>.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static IsoBox Require(IEnumerable<IsoBox> boxes, string type) =>
        Find(boxes, type) ?? throw new InvalidDataException($"box '{type}' is missing");

    /// <summary>Unsigned 32 bit number at an offset.</summary>
    public uint UInt32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Slice(offset, 4));

    /// <summary>Unsigned 64 bit number at an offset, at most the largest signed one.</summary>
    public long Int64(int offset) => BinaryPrimitives.ReadInt64BigEndian(Slice(offset, 8));

    /// <summary>Unsigned 16 bit number at an offset.</summary>
    public ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Slice(offset, 2));

    /// <summary>The type-like four characters at an offset.</summary>
    public string FourCharacters(int offset) => Encoding.Latin1.GetString(Slice(offset, 4));

    private ReadOnlySpan<byte> Slice(int offset, int count) => offset <= Body.Length - count
        ? Body.Span.Slice(offset, count)
        : throw new InvalidDataException($"box '{Type}' has {Body.Length} bytes where {offset + count} are needed");
}
