using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using ImageMagick;
using Phenaki.Testing;

namespace Phenaki.Media.Tests;

public sealed class ImageReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData(MagickFormat.Png)]
    [InlineData(MagickFormat.Jpeg)]
    [InlineData(MagickFormat.WebP)]
    [InlineData(MagickFormat.Gif)]
    [InlineData(MagickFormat.Bmp)]
    [InlineData(MagickFormat.Tiff)]
    [InlineData(MagickFormat.Avif)]
    public async Task ReadAsync_AnyKind_KeepsColoursWhateverTheName(MagickFormat format)
    {
        byte[] expected = TestVideos.MovingDisc(64, 48, 1).Frames[0];
        await WriteAsync("picture.dat", expected, 64, 48, format);
        byte[] actual = await ImageReader.ReadAsync(_folder.Of("picture.dat"), 64, 48, FitMode.Crop, Token);
        double psnr = TestVideos.Psnr(expected, actual);
        Assert.True(psnr > (format is MagickFormat.Png or MagickFormat.Bmp or MagickFormat.Tiff ? 100 : 27), $"{psnr:F1} dB");
    }

    // The picture is 8x4: left half red, right half blue.
    [Theory(Timeout = 60_000)]
    [InlineData(FitMode.Stretch, "rrbb rrbb rrbb rrbb")]
    [InlineData(FitMode.Crop, "rrbb rrbb rrbb rrbb")]
    [InlineData(FitMode.Letterbox, ".... rrbb rrbb ....")]
    public async Task ReadAsync_OtherShape_IsFitted(FitMode fit, string expected)
    {
        byte[] rgb = [.. Enumerable.Range(0, 32).SelectMany(i => i % 8 < 4 ? (byte[])[255, 0, 0] : [0, 0, 255])];
        await WriteAsync("a.png", rgb, 8, 4, MagickFormat.Png);
        Assert.Equal(expected, Describe(await ImageReader.ReadAsync(_folder.Of("a.png"), 4, 4, fit, Token)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(FitMode.Crop)]
    [InlineData(FitMode.Letterbox)]
    [InlineData(FitMode.Stretch)]
    public async Task ReadAsync_ExtremeShape_IsFitted(FitMode fit)
    {
        await WriteAsync("a.png", new byte[3000 * 3], 3000, 1, MagickFormat.Png);
        Assert.Equal(64 * 64 * 3, (await ImageReader.ReadAsync(_folder.Of("a.png"), 64, 64, fit, Token)).Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_OrientationInTheFile_IsApplied()
    {
        // 4x2, left half red; orientation 6 means: turn right to show, so red comes to the top.
        byte[] rgb = [.. Enumerable.Range(0, 32).SelectMany(i => i % 8 < 4 ? (byte[])[255, 0, 0] : [0, 0, 255])];
        using (var image = Image(rgb, 8, 4))
        {
            var exif = new ExifProfile();
            exif.SetValue(ExifTag.Orientation, (ushort)6);
            image.SetProfile(exif);
            image.Orientation = Orientation.RightTop;
            image.Quality = 100;
            await File.WriteAllBytesAsync(_folder.Of("a.jpg"), image.ToByteArray(MagickFormat.Jpeg), Token);
        }

        Assert.Equal("rrrr rrrr bbbb bbbb", Describe(await ImageReader.ReadAsync(_folder.Of("a.jpg"), 4, 4, FitMode.Stretch, Token)));
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_Transparent_BecomesWhite()
    {
        using var image = new MagickImage(new MagickColor(255, 0, 0, 0), 4, 4);
        await File.WriteAllBytesAsync(_folder.Of("a.png"), image.ToByteArray(MagickFormat.Png32), Token);
        byte[] rgb = await ImageReader.ReadAsync(_folder.Of("a.png"), 4, 4, FitMode.Crop, Token);
        Assert.All(rgb, value => Assert.Equal(255, value));
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_PrintColours_BecomeRgb()
    {
        using var image = Image([.. Enumerable.Range(0, 64).SelectMany(_ => (byte[])[240, 30, 20])], 8, 8);
        image.ColorSpace = ColorSpace.CMYK;
        await File.WriteAllBytesAsync(_folder.Of("a.jpg"), image.ToByteArray(MagickFormat.Jpeg), Token);
        byte[] rgb = await ImageReader.ReadAsync(_folder.Of("a.jpg"), 8, 8, FitMode.Crop, Token);
        Assert.InRange(rgb[0], 200, 255);
        Assert.InRange(rgb[1], 0, 60);
        Assert.InRange(rgb[2], 0, 60);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(MagickFormat.Png)]
    [InlineData(MagickFormat.Jpeg)]
    [InlineData(MagickFormat.WebP)]
    [InlineData(MagickFormat.Gif)]
    [InlineData(MagickFormat.Bmp)]
    [InlineData(MagickFormat.Tiff)]
    [InlineData(MagickFormat.Avif)]
    public async Task ReadAsync_Truncated_NamesTheFile(MagickFormat format)
    {
        await WriteAsync("whole", TestVideos.Noise(64, 48, 1).Frames[0], 64, 48, format);
        byte[] file = await File.ReadAllBytesAsync(_folder.Of("whole"), Token);
        foreach (int part in (int[])[1, 10, 20, 50, 80])
        {
            await File.WriteAllBytesAsync(_folder.Of("part"), file[..(file.Length * part / 100)], Token);
            var error = await Assert.ThrowsAsync<MediaException>(() => ImageReader.ReadAsync(_folder.Of("part"), 8, 8, FitMode.Crop, Token));
            Assert.Contains(_folder.Of("part"), error.Message, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("hello")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'><rect width='4' height='4'/></svg>")]
    [InlineData("push graphic-context\nviewbox 0 0 4 4\nimage over 0,0 0,0 '/etc/passwd'\npop graphic-context")]
    [InlineData("%PDF-1.4")]
    public async Task ReadAsync_NoPicture_NamesTheKindsThatAre(string text)
    {
        await File.WriteAllTextAsync(_folder.Of("a.png"), text, Token);
        var error = await Assert.ThrowsAsync<MediaException>(() => ImageReader.ReadAsync(_folder.Of("a.png"), 8, 8, FitMode.Crop, Token));
        Assert.Contains("a.png' is not a picture of a known kind; allowed are PNG, JPEG", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_HugePicture_IsRefusedByItsHeader()
    {
        await File.WriteAllBytesAsync(_folder.Of("a.png"), PngOf(30_000, 30_000), Token);
        var error = await Assert.ThrowsAsync<MediaException>(() => ImageReader.ReadAsync(_folder.Of("a.png"), 8, 8, FitMode.Crop, Token));
        Assert.Contains("has 900000000 pixels; at most 50000000", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_EndlessFile_StopsAtTheLimit()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "Needs an endless file: /dev/zero.");
        var error = await Assert.ThrowsAsync<MediaException>(() => ImageReader.ReadAsync("/dev/zero", 8, 8, FitMode.Crop, Token));
        Assert.Contains("more than 100 MB", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_MissingEmptyOrFolder_SaysWhich()
    {
        await File.WriteAllBytesAsync(_folder.Of("empty.png"), [], Token);
        Assert.EndsWith("does not exist.", await MessageAsync(_folder.Of("none.png")), StringComparison.Ordinal);
        Assert.EndsWith("is empty.", await MessageAsync(_folder.Of("empty.png")), StringComparison.Ordinal);
        Assert.EndsWith("is a folder where a file is needed.", await MessageAsync(_folder.Path), StringComparison.Ordinal);

        static async Task<string> MessageAsync(string path) =>
            (await Assert.ThrowsAsync<MediaException>(() => ImageReader.ReadAsync(path, 8, 8, FitMode.Crop, Token))).Message;
    }

    private static MagickImage Image(byte[] rgb, int width, int height)
    {
        var image = new MagickImage();
        image.ReadPixels(rgb, new PixelReadSettings((uint)width, (uint)height, StorageType.Char, PixelMapping.RGB));
        return image;
    }

    private static string Describe(byte[] rgb) => string.Join(' ', rgb.Chunk(3)
        .Select(pixel => pixel[0] > 200 ? 'r' : pixel[2] > 200 ? 'b' : pixel.Max() < 30 ? '.' : '?').Chunk(4).Select(row => new string(row)));

    // A PNG that claims a size and holds one byte of pixels.
    private static byte[] PngOf(int width, int height)
    {
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.WriteByte(0);
        }

        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, pixels.ToArray()), .. Chunk("IEND"u8, [])];

        static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
        {
            byte[] chunk = [0, 0, 0, 0, .. type, .. data, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.HashToUInt32(chunk.AsSpan(4, chunk.Length - 8)));
            return chunk;
        }
    }

    private async Task WriteAsync(string name, byte[] rgb, int width, int height, MagickFormat format)
    {
        using var image = Image(rgb, width, height);
        image.Quality = 95;
        await File.WriteAllBytesAsync(_folder.Of(name), image.ToByteArray(format), Token);
    }
}
