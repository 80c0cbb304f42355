namespace Phenaki.Media.Iso;

/// <summary>The AV1 track of an ISO base media file: an MP4, or an AVIF sequence, which differs in names alone.</summary>
/// <param name="Width">Frame width in pixels.</param>
/// <param name="Height">Frame height in pixels.</param>
/// <param name="Timescale">Units of a duration in a second.</param>
/// <param name="Configuration">Body of the box av1C.</param>
/// <param name="Samples">Frames in order.</param>
internal sealed record Av1Track(int Width, int Height, uint Timescale, ReadOnlyMemory<byte> Configuration, IReadOnlyList<Av1Sample> Samples)
{
    private const int MaxMovieBytes = 64 << 20;
    private const int MaxSamples = 1_000_000;
    private const int SampleEntryFields = 78;

    /// <summary>Finds the first AV1 track.</summary>
    /// <returns>Null where the file has no AV1 track with samples (another codec, or a fragmented file).</returns>
    /// <exception cref="InvalidDataException">The file is damaged or no ISO media file.</exception>
    public static Av1Track? Read(Stream file)
    {
        var movie = new IsoBox("moov", ReadMovie(file));
        foreach (var track in movie.Children().Where(box => box.Type == "trak"))
        {
            var media = IsoBox.Require(track.Children(), "mdia").Children();
            string handler = IsoBox.Require(media, "hdlr").FourCharacters(8);
            if (handler is not ("vide" or "pict"))
            {
                continue;
            }

            var table = IsoBox.Require(IsoBox.Require(media, "minf").Children(), "stbl").Children();
            if (IsoBox.Find(IsoBox.Require(table, "stsd").Children(8), "av01") is not { } entry)
            {
                continue;
            }

            var header = IsoBox.Require(media, "mdhd");
            uint timescale = header.UInt32(header.Body.Span[0] == 1 ? 20 : 12);
            var configuration = IsoBox.Require(entry.Children(SampleEntryFields), "av1C").Body;
            var samples = ReadSamples(table, file.Length);
            if (timescale == 0 || configuration.Length < 4)
            {
                throw new InvalidDataException("the video track has no timescale or no AV1 configuration");
            }

            return samples.Count == 0 ? null : new Av1Track(entry.UInt16(24), entry.UInt16(26), timescale, configuration, samples);
        }

        return null;
    }

    private static byte[] ReadMovie(Stream file)
    {
        Span<byte> start = stackalloc byte[16];
        for (long offset = 0; offset < file.Length;)
        {
            file.Position = offset;
            int got = file.ReadAtLeast(start, 16, throwOnEndOfStream: false);
            var (type, headerBytes, size) = IsoBox.ReadHeader(start[..got], file.Length - offset);
            if (type == "moov")
            {
                if (size > MaxMovieBytes)
                {
                    throw new InvalidDataException($"box 'moov' has {size} bytes; at most {MaxMovieBytes} are allowed");
                }

                var movie = new byte[size - headerBytes];
                file.Position = offset + headerBytes;
                file.ReadExactly(movie);
                return movie;
            }

            offset += size;
        }

        throw new InvalidDataException("box 'moov' is missing");
    }

    private static List<Av1Sample> ReadSamples(List<IsoBox> table, long fileBytes)
    {
        var sizes = IsoBox.Require(table, "stsz");
        uint uniform = sizes.UInt32(4);
        uint count = sizes.UInt32(8);
        if (count > MaxSamples)
        {
            throw new InvalidDataException($"the video track has {count} frames; at most {MaxSamples} are allowed");
        }

        var durations = ReadDurations(IsoBox.Require(table, "stts"), count);
        var sync = ReadSync(IsoBox.Find(table, "stss"));
        var chunks = ReadChunkOffsets(table);
        var samples = new List<Av1Sample>((int)count);
        foreach (var (chunk, samplesInChunk) in ReadChunks(IsoBox.Require(table, "stsc"), chunks.Count))
        {
            long offset = chunks[chunk];
            for (uint i = 0; i < samplesInChunk && samples.Count < count; i++)
            {
                uint size = uniform != 0 ? uniform : sizes.UInt32(12 + (samples.Count * 4));
                if (size is 0 or > int.MaxValue || offset < 0 || offset > fileBytes - size)
                {
                    throw new InvalidDataException($"frame {samples.Count} lies at {offset} with {size} bytes, outside the {fileBytes} bytes of the file");
                }

                samples.Add(new Av1Sample(offset, (int)size, durations[samples.Count], sync?.Contains((uint)samples.Count + 1) ?? true));
                offset += size;
            }
        }

        return samples.Count == count
            ? samples
            : throw new InvalidDataException($"the video track places {samples.Count} of its {count} frames");
    }

    private static uint[] ReadDurations(IsoBox box, uint count)
    {
        var durations = new uint[count];
        int filled = 0;
        uint runs = box.UInt32(4);
        for (int run = 0; run < runs && filled < count; run++)
        {
            int length = (int)Math.Min(box.UInt32(8 + (run * 8)), count - filled);
            durations.AsSpan(filled, length).Fill(box.UInt32(12 + (run * 8)));
            filled += length;
        }

        return filled == count ? durations : throw new InvalidDataException($"the video track gives durations to {filled} of its {count} frames");
    }

    private static HashSet<uint>? ReadSync(IsoBox? box)
    {
        if (box is not { } list)
        {
            return null;
        }

        var sync = new HashSet<uint>();
        uint count = list.UInt32(4);
        for (int i = 0; i < count; i++)
        {
            sync.Add(list.UInt32(8 + (i * 4)));
        }

        return sync;
    }

    private static List<long> ReadChunkOffsets(List<IsoBox> table)
    {
        var offsets = new List<long>();
        bool large = IsoBox.Find(table, "stco") is null;
        var box = IsoBox.Require(table, large ? "co64" : "stco");
        uint count = box.UInt32(4);
        for (int i = 0; i < count; i++)
        {
            offsets.Add(large ? box.Int64(8 + (i * 8)) : box.UInt32(8 + (i * 4)));
        }

        return offsets;
    }

    private static IEnumerable<(int Chunk, uint Samples)> ReadChunks(IsoBox box, int chunks)
    {
        uint runs = box.UInt32(4);
        for (int run = 0; run < runs; run++)
        {
            long first = box.UInt32(8 + (run * 12)) - 1L;
            long end = run + 1 < runs ? box.UInt32(8 + ((run + 1) * 12)) - 1L : chunks;
            for (long chunk = Math.Max(first, 0); chunk < Math.Min(end, chunks); chunk++)
            {
                yield return ((int)chunk, box.UInt32(12 + (run * 12)));
            }
        }
    }
}
