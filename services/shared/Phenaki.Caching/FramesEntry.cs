namespace Phenaki.Caching;

/// <summary>The new frames of a clip, 8-bit RGB, one memory a frame.</summary>
public sealed class FramesEntry : CacheEntry<IReadOnlyList<ReadOnlyMemory<byte>>>
{
    private readonly int[] shape;
    private readonly int frameBytes;

    /// <summary>Names the frames of a clip.</summary>
    /// <param name="clip"><see cref="StoryKeys.Clip"/>.</param>
    /// <param name="frames">Number of frames, at least 1.</param>
    /// <param name="height">Frame height in pixels.</param>
    /// <param name="width">Frame width in pixels.</param>
    public FramesEntry(CacheKey clip, int frames, int height, int width)
        : base(StoryKeys.Frames(clip))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        shape = [frames, height, width, 3];
        frameBytes = checked(height * width * 3);
    }

    /// <inheritdoc/>
    public override string Kind => "frames";

    internal override CacheValue ToStored(IReadOnlyList<ReadOnlyMemory<byte>> value)
    {
        if (value.Count != shape[0] || value.Any(frame => frame.Length != frameBytes))
        {
            throw new ArgumentException(
                $"{value.Count} frames of {string.Join(", ", value.Select(frame => frame.Length).Distinct())} bytes were to be stored where "
                + $"{shape[0]} of {frameBytes} are allowed.");
        }

        byte[] payload = new byte[checked(shape[0] * frameBytes)];
        for (int i = 0; i < value.Count; i++)
        {
            value[i].Span.CopyTo(payload.AsSpan(i * frameBytes));
        }

        return new CacheValue(CacheDataType.UInt8, shape, Key, payload, default);
    }

    internal override CacheMissReason? FromStored(CacheValue stored, out IReadOnlyList<ReadOnlyMemory<byte>>? value)
    {
        value = null;
        if (stored.DataType != CacheDataType.UInt8)
        {
            return CacheMissReason.DataType;
        }

        if (!stored.Shape.SequenceEqual(shape))
        {
            return CacheMissReason.Shape;
        }

        var frames = new ReadOnlyMemory<byte>[shape[0]];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = stored.Payload.Slice(i * frameBytes, frameBytes);
        }

        value = frames;
        return null;
    }
}
