namespace Phenaki.Media.Iso;

/// <summary>
/// Writes the start of an ISO base media file with one AV1 track, up to where the frames' data follow without gaps. All tables
/// come first, so that a browser can play while it loads.
/// </summary>
internal static class Av1MovieWriter
{
    private const int BytesOfLargeHeader = 16;

    /// <summary>The bytes before the frames' data.</summary>
    /// <param name="width">Frame width in pixels.</param>
    /// <param name="height">Frame height in pixels.</param>
    /// <param name="timescale">Units of a duration in a second.</param>
    /// <param name="configuration">Body of the box av1C.</param>
    /// <param name="samples">Frames in order; their offsets do not matter.</param>
    /// <param name="asPictures">True for an AVIF sequence, which picture libraries read; false for an MP4, which players read.</param>
    public static byte[] Header(
        int width, int height, uint timescale, ReadOnlySpan<byte> configuration, IReadOnlyList<Av1Sample> samples, bool asPictures)
    {
        byte[] configurationBytes = configuration.ToArray();
        long dataBytes = samples.Sum(sample => (long)sample.Size);

        // The length of the header does not depend on the offset written in it.
        int headerBytes = Write(0).Length;
        return Write(headerBytes).ToArray();

        IsoWriter Write(long dataOffset)
        {
            var writer = new IsoWriter();
            WriteFileType(writer, asPictures);
            writer.Box("moov", () => WriteMovie(writer, width, height, timescale, configurationBytes, samples, dataOffset, asPictures));
            writer.UInt32(1).Ascii("mdat").Int64(dataBytes + BytesOfLargeHeader);
            return writer;
        }
    }

    private static void WriteFileType(IsoWriter writer, bool asPictures) => writer.Box("ftyp", () =>
    {
        if (asPictures)
        {
            writer.Ascii("avis").UInt32(0).Ascii("avis").Ascii("msf1").Ascii("iso8");
        }
        else
        {
            writer.Ascii("isom").UInt32(512).Ascii("isom").Ascii("iso6").Ascii("av01").Ascii("mp41");
        }
    });

    private static void WriteMovie(
        IsoWriter writer, int width, int height, uint timescale, byte[] configuration, IReadOnlyList<Av1Sample> samples, long dataOffset, bool asPictures)
    {
        long total = samples.Sum(sample => (long)sample.Duration);
        uint duration = total <= uint.MaxValue
            ? (uint)total
            : throw new InvalidDataException($"the video is too long for this format: {total} time units; at most {uint.MaxValue} are allowed");

        writer.FullBox("mvhd", 0, () =>
        {
            writer.Zeros(8).UInt32(timescale).UInt32(duration).UInt32(0x10000).UInt16(0x100).Zeros(10);
            WriteMatrix(writer).Zeros(24).UInt32(2);
        });
        writer.Box("trak", () =>
        {
            // Flags: the track is enabled, in the movie and in its preview.
            writer.FullBox("tkhd", 7, () =>
            {
                writer.Zeros(8).UInt32(1).Zeros(4).UInt32(duration).Zeros(16);
                WriteMatrix(writer).UInt32((uint)width << 16).UInt32((uint)height << 16);
            });
            writer.Box("mdia", () =>
            {
                // 0x55C4 is the language code "und": undetermined.
                writer.FullBox("mdhd", 0, () => writer.Zeros(8).UInt32(timescale).UInt32(duration).UInt16(0x55C4).UInt16(0));
                writer.FullBox("hdlr", 0, () => writer.Zeros(4).Ascii(asPictures ? "pict" : "vide").Zeros(12).Ascii("VideoHandler").Zeros(1));
                writer.Box("minf", () =>
                {
                    writer.FullBox("vmhd", 1, () => writer.Zeros(8));
                    writer.Box("dinf", () => writer.FullBox("dref", 0, () => writer.UInt32(1).FullBox("url ", 1, () => { })));
                    writer.Box("stbl", () => WriteTables(writer, width, height, configuration, samples, dataOffset));
                });
            });
        });
    }

    private static IsoWriter WriteMatrix(IsoWriter writer) =>
        writer.UInt32(0x10000).Zeros(12).UInt32(0x10000).Zeros(12).UInt32(0x40000000);

    private static void WriteTables(
        IsoWriter writer, int width, int height, byte[] configuration, IReadOnlyList<Av1Sample> samples, long dataOffset)
    {
        writer.FullBox("stsd", 0, () => writer.UInt32(1).Box("av01", () =>
        {
            writer.Zeros(6).UInt16(1).Zeros(16).UInt16(width).UInt16(height).UInt32(0x480000).UInt32(0x480000).Zeros(4).UInt16(1);
            writer.Zeros(32).UInt16(0x18).UInt16(0xFFFF);
            writer.Box("av1C", () => writer.Bytes(configuration));
        }));

        var runs = new List<(uint Samples, uint Duration)>();
        foreach (uint duration in samples.Select(sample => sample.Duration))
        {
            if (runs.Count > 0 && runs[^1].Duration == duration)
            {
                runs[^1] = (runs[^1].Samples + 1, duration);
            }
            else
            {
                runs.Add((1, duration));
            }
        }

        writer.FullBox("stts", 0, () =>
        {
            writer.UInt32((uint)runs.Count);
            runs.ForEach(run => writer.UInt32(run.Samples).UInt32(run.Duration));
        });
        writer.FullBox("stss", 0, () =>
        {
            var sync = Enumerable.Range(0, samples.Count).Where(i => samples[i].IsSync).ToList();
            writer.UInt32((uint)sync.Count);
            sync.ForEach(i => writer.UInt32((uint)i + 1));
        });

        // One chunk: there is no sound that frames would have to alternate with.
        writer.FullBox("stsc", 0, () => writer.UInt32(1).UInt32(1).UInt32((uint)samples.Count).UInt32(1));
        writer.FullBox("stsz", 0, () =>
        {
            writer.UInt32(0).UInt32((uint)samples.Count);
            foreach (var sample in samples)
            {
                writer.UInt32((uint)sample.Size);
            }
        });
        writer.FullBox("stco", 0, () => writer.UInt32(1).UInt32((uint)dataOffset));
    }
}
