using ImageMagick;

namespace Phenaki.Media;

/// <summary>Between our frames and the images of the library, whose limits are set here before its first use.</summary>
internal static class RgbImage
{
    // They hold for the whole process, and only stop what the checks of the readers have let through. The library's limit on time
    // is left alone because it adds up over the life of the process.
    static RgbImage()
    {
        ResourceLimits.Thread = 1;
        ResourceLimits.Memory = 4UL << 30;
        ResourceLimits.Area = 4UL << 30;
        ResourceLimits.Disk = 0;
        ResourceLimits.Width = 65_536;
        ResourceLimits.Height = 65_536;
    }

    /// <summary>An image of width * height * 3 bytes (red, green, blue).</summary>
    public static MagickImage Create(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var image = new MagickImage();
        image.ReadPixels(rgb, new PixelReadSettings((uint)width, (uint)height, StorageType.Char, PixelMapping.RGB));
        return image;
    }

    /// <summary>The pixels: width * height * 3 bytes (red, green, blue).</summary>
    public static byte[] ToRgb(IMagickImage<byte> image)
    {
        using var pixels = image.GetPixels();
        return pixels.ToByteArray(PixelMapping.RGB) ?? throw new InvalidDataException("the image has no pixels");
    }

    /// <summary>Reads the sizes of the images in a file without their pixels.</summary>
    public static MagickImageCollection Ping(byte[] file, MagickFormat format, int maxFrames)
    {
        var images = new MagickImageCollection();
        try
        {
            images.Ping(file, Settings(format, maxFrames));
            return images;
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>Reads at most <paramref name="maxFrames"/> images of a file.</summary>
    /// <exception cref="MagickException">The file is damaged; also where the library would only warn and fill the rest with grey.</exception>
    public static MagickImageCollection ReadAll(byte[] file, MagickFormat format, int maxFrames, CancellationToken cancellationToken)
    {
        var images = new MagickImageCollection();
        try
        {
            MagickException? damage = null;
            images.Warning += (_, warning) =>
            {
                if (warning.Exception is MagickCorruptImageWarningException corrupt)
                {
                    damage ??= corrupt;
                }
            };
            cancellationToken.ThrowIfCancellationRequested();
            images.Read(file, Settings(format, maxFrames));
            cancellationToken.ThrowIfCancellationRequested();
            return damage is null ? images : throw damage;
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    private static MagickReadSettings Settings(MagickFormat format, int maxFrames) =>
        new() { Format = format, FrameIndex = 0, FrameCount = (uint)maxFrames };
}
