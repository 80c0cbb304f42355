namespace Phenaki.Media.Iso;

/// <summary>What a container must know of an AV1 stream (AV1 Bitstream Specification, section 5; AV1 in ISOBMFF, section 2).</summary>
internal static class Av1Bitstream
{
    private const int SequenceHeaderType = 1;
    private const int TemporalDelimiterType = 2;

    /// <summary>The frame without temporal delimiters, which a container marks by its samples instead.</summary>
    public static byte[] WithoutTemporalDelimiters(ReadOnlySpan<byte> sample)
    {
        var result = new MemoryStream(sample.Length);
        while (!sample.IsEmpty)
        {
            var (type, _, bytes) = ReadUnit(sample);
            if (type != TemporalDelimiterType)
            {
                result.Write(sample[..bytes]);
            }

            sample = sample[bytes..];
        }

        return result.ToArray();
    }

    /// <summary>
    /// The body of the box av1C: the encoder's, with the level that the stream itself tells and with the stream's sequence header,
    /// from which players set up their decoder before the first frame.
    /// </summary>
    /// <exception cref="InvalidDataException">The frame holds no sequence header.</exception>
    public static byte[] Configuration(ReadOnlySpan<byte> encoderConfiguration, ReadOnlySpan<byte> firstSample)
    {
        while (!firstSample.IsEmpty)
        {
            var (type, headerBytes, bytes) = ReadUnit(firstSample);
            if (type == SequenceHeaderType)
            {
                byte[] configuration = [.. encoderConfiguration[..4], .. firstSample[..bytes]];
                if (ReadLevel(firstSample[headerBytes..bytes]) is var (profile, level, tier))
                {
                    configuration[1] = (byte)((profile << 5) | level);
                    configuration[2] = (byte)((configuration[2] & 0x7F) | (tier << 7));
                }

                return configuration;
            }

            firstSample = firstSample[bytes..];
        }

        throw new InvalidDataException("the first AV1 frame has no sequence header");
    }

    private static (int Type, int HeaderBytes, int Bytes) ReadUnit(ReadOnlySpan<byte> data)
    {
        int type = (data[0] >> 3) & 0xF;
        int position = (data[0] & 0x4) != 0 ? 2 : 1;
        if ((data[0] & 0x2) == 0)
        {
            return (type, position, data.Length);
        }

        long size = 0;
        for (int i = 0; i < 8 && position < data.Length; i++)
        {
            byte part = data[position++];
            size |= (long)(part & 0x7F) << (7 * i);
            if ((part & 0x80) == 0)
            {
                break;
            }
        }

        return position + size <= data.Length
            ? (type, position, (int)(position + size))
            : throw new InvalidDataException($"an AV1 unit claims {size} bytes where {data.Length - position} are left");
    }

    // Null where timing fields stand before the level; encoders of still pictures and their sequences write none.
    private static (int Profile, int Level, int Tier)? ReadLevel(ReadOnlySpan<byte> header)
    {
        var bits = new BitReader(header);
        int profile = bits.Read(3);
        bits.Read(1);
        if (bits.Read(1) == 1)
        {
            return (profile, bits.Read(5), 0);
        }

        if (bits.Read(1) == 1)
        {
            return null;
        }

        bits.Read(1 + 5 + 12);
        int level = bits.Read(5);
        return (profile, level, level > 7 ? bits.Read(1) : 0);
    }

    private ref struct BitReader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private int _position;

        public int Read(int count)
        {
            int value = 0;
            for (; count > 0; count--, _position++)
            {
                if (_position / 8 >= _data.Length)
                {
                    throw new InvalidDataException("an AV1 sequence header is cut off");
                }

                value = (value << 1) | ((_data[_position / 8] >> (7 - (_position % 8))) & 1);
            }

            return value;
        }
    }
}
