using System.Buffers.Binary;
using Phenaki.Models.Folders;

namespace Phenaki.Models.Text;

/// <summary>
/// The character map of a SentencePiece model (<c>precompiled_charsmap</c>): the size of a table, the table, and a pool of
/// replacements that end in a zero byte. The table is a double-array trie in the layout of Darts-clone, whose leaves point into the
/// pool. Every index is checked: the bytes come from a file.
/// </summary>
internal sealed class CharacterMap
{
    private readonly string _file;
    private readonly uint[] _units;
    private readonly ReadOnlyMemory<byte> _pool;

    private CharacterMap(string file, uint[] units, ReadOnlyMemory<byte> pool)
    {
        _file = file;
        _units = units;
        _pool = pool;
    }

    /// <summary>Reads a map.</summary>
    /// <returns>Null for an empty map: characters stay as they are.</returns>
    public static CharacterMap? Parse(string file, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var tableBytes = bytes.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) : uint.MaxValue;
        if (tableBytes == 0 || tableBytes % sizeof(uint) != 0 || tableBytes > bytes.Length - sizeof(uint))
        {
            throw new ModelFormatException(file, null, $"the character map's table of {tableBytes} bytes does not fit into its {bytes.Length} bytes");
        }

        var units = new uint[tableBytes / sizeof(uint)];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[((i + 1) * sizeof(uint))..]);
        }

        return new CharacterMap(file, units, bytes[(sizeof(uint) + (int)tableBytes)..]);
    }

    /// <summary>The replacement for the longest mapped string that a text begins with.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="length">Bytes that are replaced; 0 where no mapped string is there.</param>
    public ReadOnlySpan<byte> LongestMatch(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        var replacement = 0u;
        var node = Offset(_units[0]);
        for (var i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= _units.Length || Label(_units[node]) != text[i])
            {
                break;
            }

            var unit = _units[node];
            node ^= Offset(unit);
            if (HasLeaf(unit))
            {
                replacement = node < _units.Length ? _units[node] & 0x7FFF_FFFF : uint.MaxValue;
                length = i + 1;
            }
        }

        return length == 0 ? [] : Replacement(replacement);
    }

    private static bool HasLeaf(uint unit) => ((unit >> 8) & 1) == 1;

    // The top bit marks a leaf's number, which is no label.
    private static uint Label(uint unit) => unit & 0x8000_00FF;

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);

    private ReadOnlySpan<byte> Replacement(uint start)
    {
        var end = start < _pool.Length ? _pool.Span[(int)start..].IndexOf((byte)0) : -1;
        return end >= 0
            ? _pool.Span.Slice((int)start, end)
            : throw new ModelFormatException(_file, null, $"the character map points at byte {start} of {_pool.Length} bytes of replacements");
    }
}
