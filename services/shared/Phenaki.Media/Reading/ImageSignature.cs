using ImageMagick;

namespace Phenaki.Media.Reading;

/// <summary>
/// Recognises picture files by their first bytes, whatever their name. The library would also run scripts, fetch addresses and
/// open further files for some formats: only plain pictures are let through to it.
/// </summary>
internal static class ImageSignature
{
    /// <summary>The formats, for messages.</summary>
    public const string Allowed = "allowed are PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF and HEIC";

    /// <summary>The format, or null for anything else.</summary>
    public static MagickFormat? Recognise(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? MagickFormat.Png
        : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? MagickFormat.Jpeg
        : file.StartsWith("GIF8"u8) ? MagickFormat.Gif
        : file.StartsWith("RIFF"u8) && At(file, 8, "WEBP"u8) ? MagickFormat.WebP
        : file.StartsWith("BM"u8) ? MagickFormat.Bmp
        : file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) ? MagickFormat.Tiff
        : At(file, 4, "ftypavi"u8) ? MagickFormat.Avif
        : At(file, 4, "ftyphei"u8) || At(file, 4, "ftypmif1"u8) || At(file, 4, "ftypmsf1"u8) ? MagickFormat.Heic
        : null;

    private static bool At(ReadOnlySpan<byte> file, int offset, ReadOnlySpan<byte> expected) =>
        file.Length >= offset + expected.Length && file.Slice(offset, expected.Length).SequenceEqual(expected);
}
