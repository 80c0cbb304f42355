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
