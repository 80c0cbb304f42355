using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>Pixels as bytes, 0 to 255, and as the numbers that networks know them by, -1 to 1.</summary>
public static class FramePixels
{
    /// <summary>One array of many.</summary>
    /// <param name="parts">Bytes of frames or of clips.</param>
    /// <param name="bytes">Bytes of each part.</param>
    public static byte[] Join(IReadOnlyList<byte[]> parts, int bytes)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var all = new byte[parts.Count * bytes];
        for (int i = 0; i < parts.Count; i++)
        {
            parts[i].CopyTo(all, i * bytes);
        }

        return all;
    }

    /// <summary>Brings pixels to a device.</summary>
    /// <param name="pixels">Bytes of clips, one behind the other, red first.</param>
    /// <param name="shape">Clips, frames, height and width.</param>
    /// <param name="device">Where the tensor lives.</param>
    /// <returns>Shape [clips, frames, height, width, 3], -1 to 1.</returns>
    public static Tensor FromBytes(byte[] pixels, long[] shape, Device device) =>
        tensor(pixels, [.. shape, 3], device: device).to_type(ScalarType.Float32).div_(Number.Of(127.5f)).sub_(Number.Of(1f));

    /// <summary>Rounds to the nearest bytes.</summary>
    /// <param name="frames">Any shape, about -1 to 1.</param>
    /// <returns>In their order.</returns>
    public static byte[] ToBytes(Tensor frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        using var scope = NewDisposeScope();
        return frames.Plus(Number.Of(1)).mul_(Number.Of(127.5f)).round_().clamp_(Number.Of(0), Number.Of(255)).to_type(ScalarType.Byte).contiguous().cpu().bytes.ToArray();
    }
}
