using ImageMagick;

namespace Phenaki.Media.Writing;

/// <summary>Enlarges frames by a whole factor.</summary>
internal sealed class FrameEnlarger(int width, int height, int scale, FrameScaling scaling)
{
    /// <summary>Width of the frames that come in, in pixels.</summary>
    public int Width => width;

    /// <summary>Height of the frames that come in, in pixels.</summary>
    public int Height => height;

    /// <summary>Bytes of a frame that comes in.</summary>
    public int FrameBytes => width * height * 3;

    /// <summary>The frame with <c>scale</c> times the width and height; the same memory where there is nothing to do.</summary>
    public ReadOnlyMemory<byte> Enlarge(ReadOnlyMemory<byte> rgb) =>
        scale == 1 ? rgb
        : scaling == FrameScaling.Nearest ? Repeat(rgb.Span)
        : Smooth(rgb.Span);

    private byte[] Repeat(ReadOnlySpan<byte> rgb)
    {
        int rowBytes = width * scale * 3;
        var result = new byte[rowBytes * height * scale];
        for (int y = 0; y < height; y++)
        {
            var row = result.AsSpan(y * scale * rowBytes, rowBytes);
            for (int x = 0; x < width * scale; x++)
            {
                rgb.Slice(((y * width) + (x / scale)) * 3, 3).CopyTo(row[(x * 3)..]);
            }

            for (int copy = 1; copy < scale; copy++)
            {
                row.CopyTo(result.AsSpan(((y * scale) + copy) * rowBytes));
            }
        }

        return result;
    }

    private byte[] Smooth(ReadOnlySpan<byte> rgb)
    {
        using var image = RgbImage.Create(rgb, width, height);
        image.FilterType = FilterType.Mitchell;
        image.Resize(new MagickGeometry((uint)(width * scale), (uint)(height * scale)) { IgnoreAspectRatio = true });
        return RgbImage.ToRgb(image);
    }
}
