using ImageMagick;
using Phenaki.Media.Writing;

namespace Phenaki.Media;

/// <summary>Puts frames side by side into one picture, for pages and reports.</summary>
public static class FrameStrip
{
    private const int LargestSide = 65_535;

    // Of the library's own formats these are the largest that all programs show.
    private const int LargestWebPSide = 16_383;
    private const uint Quality = 90;

    /// <summary>Writes a strip or grid. Rows may differ in length; what is empty is white.</summary>
    /// <param name="path">The file, by whose ending it is a PNG (.png), WebP (.webp) or JPEG (.jpg); one that is there is replaced.</param>
    /// <param name="rows">Rows of frames of width * height * 3 bytes, at least one frame in all.</param>
    /// <param name="width">Frame width in pixels, at least 1.</param>
    /// <param name="height">Frame height in pixels, at least 1.</param>
    /// <param name="scale">Each pixel becomes this many in width and height, 1 to 16.</param>
    /// <param name="gap">White pixels between frames, 0 to 64.</param>
    /// <param name="cancellationToken">Stops the writing; nothing is left behind.</param>
    /// <exception cref="ArgumentException">A number is out of range or a frame has another length.</exception>
    /// <exception cref="MediaException">The file cannot be written, or has another ending.</exception>
    public static async Task WriteAsync(
        string path, IReadOnlyList<IReadOnlyList<byte[]>> rows, int width, int height, int scale, int gap, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(gap, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gap, 64);
        var format = Format(path);
        int columns = rows.Select(row => row.Count).DefaultIfEmpty().Max();
        ArgumentOutOfRangeException.ThrowIfZero(columns, nameof(rows));
        long totalWidth = ((long)columns * ((width * scale) + gap)) - gap;
        long totalHeight = ((long)rows.Count * ((height * scale) + gap)) - gap;
        int largestSide = format == MagickFormat.WebP ? LargestWebPSide : LargestSide;
        if (totalWidth > largestSide || totalHeight > largestSide || totalWidth * totalHeight > ImageReader.MaxPixels)
        {
            throw new ArgumentException(
                $"The strip would have {totalWidth}x{totalHeight} pixels; at most {largestSide} a side and {ImageReader.MaxPixels} in all are written.", nameof(rows));
        }

        byte[] canvas = Paint(rows, width, height, scale, gap, (int)totalWidth, (int)totalHeight);
        byte[] picture = await Task.Run(() => Encode(format, canvas, (int)totalWidth, (int)totalHeight), cancellationToken);
        using var output = AsideOutput.Create(path, asFolder: false);
        try
        {
            await File.WriteAllBytesAsync(output.Aside, picture, cancellationToken);
            output.Publish();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, $"cannot be written: {error.Message}", error);
        }
    }

    private static MagickFormat Format(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => MagickFormat.Png,
        ".WEBP" => MagickFormat.WebP,
        ".JPG" => MagickFormat.Jpeg,
        var ending => throw new MediaException(path, $"ends in '{ending}', which is no kind of picture that is written; allowed are .png, .webp and .jpg."),
    };

    private static byte[] Encode(MagickFormat format, byte[] canvas, int width, int height)
    {
        if (format == MagickFormat.Png)
        {
            return PngImage.Encode(canvas, width, height);
        }

        using var image = RgbImage.Create(canvas, width, height);
        image.Quality = Quality;
        return image.ToByteArray(format);
    }

    private static byte[] Paint(
        IReadOnlyList<IReadOnlyList<byte[]>> rows, int width, int height, int scale, int gap, int totalWidth, int totalHeight)
    {
        var canvas = new byte[totalWidth * totalHeight * 3];
        canvas.AsSpan().Fill(255);
        var enlarger = new FrameEnlarger(width, height, scale, FrameScaling.Nearest);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Count; column++)
            {
                byte[] frame = rows[row][column];
                if (frame.Length != enlarger.FrameBytes)
                {
                    throw new ArgumentException(
                        $"Frame {column} of row {row} has {frame.Length} bytes; {width}x{height} pixels are {enlarger.FrameBytes}.", nameof(rows));
                }

                int left = column * ((width * scale) + gap);
                int top = row * ((height * scale) + gap);
                var pixels = enlarger.Enlarge(frame).Span;
                int rowBytes = width * scale * 3;
                for (int y = 0; y < height * scale; y++)
                {
                    pixels.Slice(y * rowBytes, rowBytes).CopyTo(canvas.AsSpan((((top + y) * totalWidth) + left) * 3));
                }
            }
        }

        return canvas;
    }
}
