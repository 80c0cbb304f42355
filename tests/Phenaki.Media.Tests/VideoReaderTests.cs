using ImageMagick;
using Phenaki.Media.Reading;
using Phenaki.Testing;

namespace Phenaki.Media.Tests;

public sealed class VideoReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_OtherSizeAndRate_ResamplesBoth()
    {
        await VideoOutput.WriteAsync(_folder.Of("a.webp"), TestVideos.MovingDisc(64, 48, 8), new() { Lossless = true }, Token);
        var read = await VideoReader.ReadAsync(_folder.Of("a.webp"), new() { Width = 32, Height = 32, FramesPerSecond = 4 }, Token);
        Assert.Equal((32, 32, 4.0, 4), (read.Width, read.Height, read.FramesPerSecond, read.Frames.Count));
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_FramesThatOnlyHoldChanges_GivesWholeFrames()
    {
        var video = TestVideos.MovingDisc(32, 32, 6);
        using (var images = new MagickImageCollection())
        {
            foreach (byte[] frame in video.Frames)
            {
                var image = new MagickImage();
                image.ReadPixels(frame, new PixelReadSettings(32, 32, StorageType.Char, PixelMapping.RGB));
                image.AnimationDelay = 12;
                images.Add(image);
            }

            images.Optimize();
            images.OptimizeTransparency();
            await File.WriteAllBytesAsync(_folder.Of("a.gif"), images.ToByteArray(MagickFormat.Gif), Token);
        }

        var read = await VideoReader.ReadAsync(_folder.Of("a.gif"), null, Token);
        Assert.True(TestVideos.WorstPsnr(video.Frames, read.Frames) > 25);
        Assert.Equal(100 / 12.0, read.FramesPerSecond, 1e-6);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_FolderWithUnpaddedNumbers_ReadsInTheirOrder()
    {
        Directory.CreateDirectory(_folder.Of("frames"));
        foreach (int i in (int[])[1, 2, 10, 9])
        {
            using var image = new MagickImage(new MagickColor((byte)i, 0, 0), 2, 2);
            await File.WriteAllBytesAsync(_folder.Of("frames", $"f{i}.png"), image.ToByteArray(MagickFormat.Png24), Token);
        }

        await File.WriteAllTextAsync(_folder.Of("frames", "notes.txt"), "no frame", Token);
        var read = await VideoReader.ReadAsync(_folder.Of("frames"), new() { DefaultFramesPerSecond = 25 }, Token);
        Assert.Equal([1, 2, 9, 10], read.Frames.Select(frame => frame[0]));
        Assert.Equal(25, read.FramesPerSecond, 1e-9);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_FolderOfTwoSizes_IsRefusedUnlessASizeIsAskedFor()
    {
        Directory.CreateDirectory(_folder.Of("frames"));
        foreach (int i in (int[])[3, 4])
        {
            using var image = new MagickImage(MagickColors.Red, (uint)i, 2);
            await File.WriteAllBytesAsync(_folder.Of("frames", $"{i}.png"), image.ToByteArray(MagickFormat.Png24), Token);
        }

        var error = await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadAsync(_folder.Of("frames"), null, Token));
        Assert.Contains("4x2 pixels follows one of 3x2", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await VideoReader.ReadAsync(_folder.Of("frames"), new() { Width = 2, Height = 2 }, Token)).Frames.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a.mp4")]
    [InlineData("a.webp")]
    [InlineData("a.gif")]
    [InlineData("frames")]
    public async Task ReadAsync_TooManyFrames_NamesTheLimit(string name)
    {
        await VideoOutput.WriteAsync(_folder.Of(name), TestVideos.MovingDisc(16, 16, 4), null, Token);
        var error = await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadAsync(_folder.Of(name), new() { MaxFrames = 3 }, Token));
        Assert.Contains("at most", error.Message, StringComparison.Ordinal);
        Assert.Contains("3", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await VideoReader.ReadAsync(_folder.Of(name), new() { MaxFrames = 4 }, Token)).Frames.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a.webp")]
    [InlineData("a.gif")]
    public async Task ReadAsync_TruncatedAnimation_NamesTheFile(string name)
    {
        await VideoOutput.WriteAsync(_folder.Of(name), TestVideos.Noise(32, 32, 4), null, Token);
        byte[] file = await File.ReadAllBytesAsync(_folder.Of(name), Token);
        foreach (int part in (int[])[5, 30, 60, 90])
        {
            await File.WriteAllBytesAsync(_folder.Of("part"), file[..(file.Length * part / 100)], Token);
            var error = await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadAsync(_folder.Of("part"), null, Token));
            Assert.Contains(_folder.Of("part"), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_NoVideo_SaysWhatIsAllowed()
    {
        await File.WriteAllTextAsync(_folder.Of("a.mp4"), "no video", Token);
        Directory.CreateDirectory(_folder.Of("empty"));
        Assert.Contains("allowed are MP4", await MessageAsync(_folder.Of("a.mp4")), StringComparison.Ordinal);
        Assert.Contains("holds no PNG files", await MessageAsync(_folder.Of("empty")), StringComparison.Ordinal);
        Assert.Contains("does not exist", await MessageAsync(_folder.Of("none.mp4")), StringComparison.Ordinal);

        static async Task<string> MessageAsync(string path) =>
            (await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadAsync(path, null, Token))).Message;
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_StillPicture_IsOneFrame()
    {
        byte[] frame = TestVideos.MovingDisc(32, 32, 1).Frames[0];
        await FrameStrip.WriteAsync(_folder.Of("a.png"), [[frame]], 32, 32, 1, 0, Token);
        var read = await VideoReader.ReadAsync(_folder.Of("a.png"), null, Token);
        Assert.Equal(frame, Assert.Single(read.Frames));
        Assert.Equal(8, read.FramesPerSecond);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_AnimatedPng_GivesEveryFrame()
    {
        InstalledFfmpeg.SkipIfMissing();
        await VideoOutput.WriteAsync(_folder.Of("a.mp4"), TestVideos.MovingDisc(32, 32, 6), null, Token);
        await InstalledFfmpeg.RunAsync("ffmpeg", ["-v", "error", "-i", _folder.Of("a.mp4"), "-f", "apng", "-pix_fmt", "rgb24", _folder.Of("a.png")], Token);
        var expected = await InstalledFfmpeg.DecodeAsync(_folder.Of("a.png"), 32, 32, Token);
        var read = await VideoReader.ReadAsync(_folder.Of("a.png"), null, Token);
        Assert.Equal((6, 8.0), (read.Frames.Count, read.FramesPerSecond));
        Assert.Equal(expected, read.Frames);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_MorePixelsTogetherThanAllowed_NamesTheLimit()
    {
        await VideoOutput.WriteAsync(_folder.Of("a.gif"), TestVideos.MovingDisc(16, 16, 4), null, Token);
        var error = await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadAsync(_folder.Of("a.gif"), new() { MaxPixelsTogether = 1023 }, Token));
        Assert.Contains("at most 1023 pixels", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await VideoReader.ReadAsync(_folder.Of("a.gif"), new() { MaxPixelsTogether = 1024 }, Token)).Frames.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null, null, double.NaN)]
    [InlineData(null, null, 0.0)]
    [InlineData(64, null, 8.0)]
    [InlineData(0, 0, 8.0)]
    public async Task ReadAsync_OptionOutOfRange_IsRefused(int? width, int? height, double rate) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => VideoReader.ReadAsync(_folder.Path, new() { Width = width, Height = height, FramesPerSecond = rate }, Token));

    [Theory]
    [InlineData("frame-2.png", "frame-10.png")]
    [InlineData("a.png", "b.png")]
    [InlineData("1-9.png", "1-10.png")]
    public void SortKey_Names_SortAsPeopleCount(string first, string second) =>
        Assert.True(string.CompareOrdinal(PngFolderReader.SortKey(first), PngFolderReader.SortKey(second)) < 0);
}
