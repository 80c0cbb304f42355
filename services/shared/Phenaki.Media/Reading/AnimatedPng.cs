using System.Buffers.Binary;

namespace Phenaki.Media.Reading;

/// <summary>Tells a PNG file with several frames from one with a single picture.</summary>
internal static class AnimatedPng
{
    private const int SignatureBytes = 8;

    // Length and name before the data of a chunk, a checksum behind it.
    private const int HeadBytes = 8;
    private const int ChecksumBytes = 4;

    /// <summary>True where a chunk <c>acTL</c> comes before the picture, as the specification of PNG wants it of an animation.</summary>
    public static bool Is(ReadOnlySpan<byte> png)
    {
        for (long at = SignatureBytes; at + HeadBytes <= png.Length;)
        {
            var head = png.Slice((int)at, HeadBytes);
            if (head[4..].SequenceEqual("acTL"u8))
            {
                return true;
            }

            if (head[4..].SequenceEqual("IDAT"u8))
            {
                return false;
            }

            at += HeadBytes + BinaryPrimitives.ReadUInt32BigEndian(head) + ChecksumBytes;
        }

        return false;
    }
}
