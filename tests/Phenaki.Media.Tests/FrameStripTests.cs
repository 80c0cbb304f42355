using Phenaki.Testing;

namespace Phenaki.Media.Tests;

public sealed class FrameStripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_RowsOfFrames_PutsEachInItsPlace()
    {
        byte[] red = [255, 0, 0], green = [0, 255, 0], blue = [0, 0, 255], white = [255, 255, 255];
        await FrameStrip.WriteAsync(_folder.Of("a.png"), [[red, green], [blue]], 1, 1, scale: 2, gap: 1, Token);

        byte[] read = await ImageReader.ReadAsync(_folder.Of("a.png"), 5, 5, FitMode.Crop, Token);
        byte[][] expected =
        [
            red, red, white, green, green,
            red, red, white, green, green,
            white, white, white, white, white,
            blue, blue, white, white, white,
            blue, blue, white, white, white,
        ];
        Assert.Equal(expected.SelectMany(pixel => pixel), read);
        Assert.Equal([_folder.Of("a.png")], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a.webp")]
    [InlineData("a.JPG")]
    public async Task WriteAsync_OtherEndings_WriteThatKindOfPicture(string name)
    {
        var grey = Enumerable.Repeat((byte)90, 3 * 8 * 8).ToArray();
        await FrameStrip.WriteAsync(_folder.Of(name), [[grey, grey]], 8, 8, scale: 2, gap: 0, Token);

        var head = (await File.ReadAllBytesAsync(_folder.Of(name), Token))[..12];
        Assert.Equal(name == "a.webp" ? "RIFF" : "\u00ff\u00d8\u00ff\u00e0", System.Text.Encoding.Latin1.GetString(head, 0, 4));
        var read = await VideoReader.ReadAsync(_folder.Of(name), null, Token);
        Assert.Equal((32, 16), (read.Width, read.Height));
        Assert.All(read.Frames[0], value => Assert.InRange(value, 85, 95));
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_AnEndingThatIsNone_NamesThoseThatAre()
    {
        var error = await Assert.ThrowsAsync<MediaException>(() => FrameStrip.WriteAsync(_folder.Of("a.bmp"), [[new byte[3]]], 1, 1, 1, 0, Token));
        Assert.Contains("allowed are .png, .webp and .jpg", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_NoFramesOrWrongLength_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => FrameStrip.WriteAsync(_folder.Of("a.png"), [[]], 1, 1, 1, 0, Token));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => FrameStrip.WriteAsync(_folder.Of("a.png"), [[new byte[3], new byte[4]]], 1, 1, 1, 0, Token));
        Assert.Contains("Frame 1 of row 0 has 4 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_FolderMissing_NamesIt()
    {
        var error = await Assert.ThrowsAsync<MediaException>(() => FrameStrip.WriteAsync(_folder.Of("none", "a.png"), [[new byte[3]]], 1, 1, 1, 0, Token));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }
}
