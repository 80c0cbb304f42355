using ImageMagick;

namespace Phenaki.Media.Writing;

/// <summary>PNG files whose bytes depend on the pixels alone.</summary>
internal static class PngImage
{
    /// <summary>An image of 8 bit red, green and blue, without colour profile and without dates.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height)
    {
        using var image = RgbImage.Create(rgb, width, height);
        image.Settings.SetDefine(MagickFormat.Png, "exclude-chunks", "all");
        return image.ToByteArray(MagickFormat.Png24);
    }
}
