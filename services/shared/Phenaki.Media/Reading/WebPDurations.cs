using System.Buffers.Binary;

namespace Phenaki.Media.Reading;

/// <summary>
/// The times of the frames of an animated WebP (WebP Container Specification, chunk ANMF), which the picture library rounds to
/// hundredths of a second.
/// </summary>
internal static class WebPDurations
{
    private const int FileHeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;
    private const int DurationOffset = 12;

    /// <summary>Milliseconds of each frame; empty for a still picture. Stops where the file is damaged.</summary>
    public static List<int> Read(ReadOnlySpan<byte> file)
    {
        var durations = new List<int>();
        for (long offset = FileHeaderBytes; offset + ChunkHeaderBytes <= file.Length;)
        {
            var chunk = file[(int)offset..];
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("ANMF"u8) && chunk.Length >= ChunkHeaderBytes + DurationOffset + 4)
            {
                // 24 bits; the byte after them holds flags.
                durations.Add((int)(BinaryPrimitives.ReadUInt32LittleEndian(chunk[(ChunkHeaderBytes + DurationOffset)..]) & 0xFFFFFF));
            }

            offset += ChunkHeaderBytes + size + (size % 2);
        }

        return durations;
    }
}
