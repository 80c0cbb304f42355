using ImageMagick;
using Phenaki.Media.Reading;

namespace Phenaki.Media;

/// <summary>Reads still pictures: PNG, JPEG, WebP, GIF (its first frame), BMP, TIFF, AVIF and HEIC.</summary>
public static class ImageReader
{
    /// <summary>Most pixels of a picture that is read: 50 million.</summary>
    public const long MaxPixels = 50_000_000;

    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Reads a picture as one frame. Its orientation is applied, its colours become sRGB, and what is transparent becomes white.
    /// </summary>
    /// <param name="path">The file, at most 100 MB and <see cref="MaxPixels"/>.</param>
    /// <param name="width">Width of the frame in pixels, at least 1.</param>
    /// <param name="height">Height of the frame in pixels, at least 1.</param>
    /// <param name="fit">What happens where the shapes differ.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>width * height * 3 bytes: row-major, red, green, blue.</returns>
    /// <exception cref="MediaException">The file is missing, too large, damaged, or no picture.</exception>
    public static async Task<byte[]> ReadAsync(string path, int width, int height, FitMode fit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        byte[] file = await MediaFile.ReadAllAsync(new MediaPart(path), cancellationToken);
        return await ReadAsync(path, file, new FrameFitter(width, height, fit), cancellationToken);
    }

    /// <summary>Reads a picture that is in memory; otherwise as the other overload.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="file">The file, of at most <see cref="MaxPixels"/>.</param>
    /// <param name="width">Width of the frame in pixels, at least 1.</param>
    /// <param name="height">Height of the frame in pixels, at least 1.</param>
    /// <param name="fit">What happens where the shapes differ.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>width * height * 3 bytes: row-major, red, green, blue.</returns>
    /// <exception cref="MediaException">It is damaged, too large, or no picture.</exception>
    public static Task<byte[]> ReadAsync(string name, byte[] file, int width, int height, FitMode fit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return ReadAsync(name, file, new FrameFitter(width, height, fit), cancellationToken);
    }

    internal static async Task<byte[]> ReadAsync(string path, byte[] file, FrameFitter fitter, CancellationToken cancellationToken)
    {
        var format = ImageSignature.Recognise(file)
            ?? throw new MediaException(path, $"is not a picture of a known kind; {ImageSignature.Allowed}.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestTime);
        try
        {
            return await Task.Run(() => Decode(path, file, format, fitter, limit.Token), limit.Token);
        }
        catch (Exception error) when (error is MagickException or InvalidDataException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MediaException(path, $"cannot be read as a picture; it may be damaged: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaException(path, $"was not read within {LongestTime.TotalSeconds:0} seconds; use a smaller picture.", error);
        }
    }

    private static byte[] Decode(string path, byte[] file, MagickFormat format, FrameFitter fitter, CancellationToken cancellationToken)
    {
        using (var sizes = RgbImage.Ping(file, format, 1))
        {
            ThrowIfTooLarge(path, sizes[0]);
        }

        using var images = RgbImage.ReadAll(file, format, 1, cancellationToken);
        return fitter.Fit(images[0]);
    }

    /// <summary>Refuses a picture whose pixels would fill the memory, before they are decoded.</summary>
    internal static void ThrowIfTooLarge(string path, IMagickImage<byte> size)
    {
        long pixels = Math.Max((long)size.Width * size.Height, (long)size.Page.Width * size.Page.Height);
        if (pixels > MaxPixels)
        {
            throw new MediaException(path, $"has {pixels} pixels; at most {MaxPixels} are read.");
        }
    }
}
