using Phenaki.Media.Writing;

namespace Phenaki.Media;

/// <summary>Puts frames side by side into one PNG picture, for pages and reports.</summary>
public static class FrameStrip
{
    private const int LargestSide = 65_535;

    /// <summary>Writes a strip or grid. Rows may differ in length; what is empty is white.</summary>
    /// <param name="path">The .png file; one that is there is replaced.</param>
    /// <param name="rows">Rows of frames of width * height * 3 bytes, at least one frame in all.</param>
    /// <param name="width">Frame width in pixels, at least 1.</param>
    /// <param name="height">Frame height in pixels, at least 1.</param>
    /// <param name="scale">Each pixel becomes this many in width and height, 1 to 16.</param>
    /// <param name="gap">White pixels between frames, 0 to 64.</param>
    /// <param name="cancellationToken">Stops the writing; nothing is left behind.</param>
    /// <exception cref="ArgumentException">A number is out of range or a frame has another length.</exception>
    /// <exception cref="MediaException">The file cannot be written.</exception>
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
        int columns = rows.Select(row => row.Count).DefaultIfEmpty().Max();
        ArgumentOutOfRangeException.ThrowIfZero(columns, nameof(rows));
        long totalWidth = ((long)columns * ((width * scale) + gap)) - gap;
        long totalHeight = ((long)rows.Count * ((height * scale) + gap)) - gap;
        if (totalWidth > LargestSide || totalHeight > LargestSide || totalWidth * totalHeight > ImageReader.MaxPixels)
        {
            throw new ArgumentException(
                $"The strip would have {totalWidth}x{totalHeight} pixels; at most {LargestSide} a side and {ImageReader.MaxPixels} in all are written.", nameof(rows));
        }

        byte[] canvas = Paint(rows, width, height, scale, gap, (int)totalWidth, (int)totalHeight);
        byte[] png = await Task.Run(() => PngImage.Encode(canvas, (int)totalWidth, (int)totalHeight), cancellationToken);
        using var output = AsideOutput.Create(path, asFolder: false);
        try
        {
            await File.WriteAllBytesAsync(output.Aside, png, cancellationToken);
            output.Publish();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, $"cannot be written: {error.Message}", error);
        }
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
