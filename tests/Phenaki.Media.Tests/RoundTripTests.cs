using CsCheck;
using Phenaki.Testing;

namespace Phenaki.Media.Tests;

public sealed class RoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData("story.mp4", 64, 64, 40, 35)]
    [InlineData("story.mp4", 63, 47, 3, 35)]
    [InlineData("story.mp4", 64, 64, 1, 35)]
    [InlineData("story.mp4", 17, 16, 33, 35)]
    [InlineData("story.webp", 64, 64, 12, double.PositiveInfinity)]
    [InlineData("story.webp", 33, 31, 1, double.PositiveInfinity)]
    [InlineData("story.gif", 64, 64, 12, 30)]
    [InlineData("story.gif", 33, 31, 1, 30)]
    [InlineData("frames", 64, 64, 12, double.PositiveInfinity)]
    [InlineData("frames", 1, 3, 1, double.PositiveInfinity)]
    public async Task WriteThenRead_AnyFormat_KeepsFramesRateAndColours(string name, int width, int height, int frames, double psnr)
    {
        var video = TestVideos.MovingDisc(width, height, frames);
        await VideoOutput.WriteAsync(_folder.Of(name), video, null, Token);
        var read = await VideoReader.ReadAsync(_folder.Of(name), null, Token);

        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal(8, read.FramesPerSecond, 0.5 / frames);
        double worst = TestVideos.WorstPsnr(video.Frames, read.Frames);
        Assert.True(worst >= psnr, $"{worst:F1} dB");
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteThenRead_LossyWebP_IsClose()
    {
        var video = TestVideos.MovingDisc(128, 128, 4);
        await VideoOutput.WriteAsync(_folder.Of("a.webp"), video, new() { Lossless = false }, Token);
        double worst = TestVideos.WorstPsnr(video.Frames, (await VideoReader.ReadAsync(_folder.Of("a.webp"), null, Token)).Frames);
        Assert.InRange(worst, 28, 60);
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteThenRead_LosslessWebP_IsExact()
    {
        var video = TestVideos.Noise(20, 30, 4);
        await VideoOutput.WriteAsync(_folder.Of("a.webp"), video, new() { Lossless = true }, Token);
        Assert.Equal(video.Frames, (await VideoReader.ReadAsync(_folder.Of("a.webp"), null, Token)).Frames);
    }

    [Fact]
    public void WriteThenRead_PngFolderOfAnyPixels_IsExact() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 4], Gen.Int[1, 3]).SelectMany((width, height, frames, levels) =>
            Gen.Byte[0, (byte)((levels * 85) - 1)].Array[width * height * 3].Array[frames].Select(pixels => new VideoFrames(width, height, 8, pixels)))
        .SampleAsync(
            async video =>
            {
                using var folder = new TemporaryFolder();
                await VideoOutput.WriteAsync(folder.Of("frames"), video, null, CancellationToken.None);
                var read = await VideoReader.ReadAsync(folder.Of("frames"), null, CancellationToken.None);
                Assert.Equal((video.Width, video.Height), (read.Width, read.Height));
                Assert.Equal(video.Frames, read.Frames);
            },
            iter: 50);

    [Theory(Timeout = 60_000)]
    [InlineData("story.mp4")]
    [InlineData("story.webp")]
    [InlineData("frames")]
    public async Task WriteThenRead_EnlargedNearest_KeepsEveryPixelAsASquare(string name)
    {
        var video = TestVideos.MovingDisc(16, 12, 2);
        await VideoOutput.WriteAsync(_folder.Of(name), video, new() { Scale = 4, Lossless = true }, Token);
        var read = await VideoReader.ReadAsync(_folder.Of(name), null, Token);
        Assert.Equal((64, 48), (read.Width, read.Height));
        for (int y = 0; y < 48; y += 5)
        {
            for (int x = 0; x < 64; x += 3)
            {
                byte[] expected = video.Frames[1].AsSpan((((y / 4) * 16) + (x / 4)) * 3, 3).ToArray();
                byte[] actual = read.Frames[1].AsSpan(((y * 64) + x) * 3, 3).ToArray();
                int most = name == "story.mp4" ? 24 : 0;
                Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -most, most));
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteThenRead_EnlargedSmooth_KeepsFlatColoursAndBlendsEdges()
    {
        byte[] frame = [.. Enumerable.Range(0, 16).SelectMany(x => x < 8 ? (byte[])[200, 100, 0] : [0, 100, 200])];
        await VideoOutput.WriteAsync(_folder.Of("frames"), new(16, 1, 8, [frame]), new() { Scale = 4, Scaling = FrameScaling.Smooth }, Token);
        var read = (await VideoReader.ReadAsync(_folder.Of("frames"), null, Token)).Frames[0];
        Assert.Equal([200, 100, 0], read[..3]);
        Assert.Equal([0, 100, 200], read[^3..]);
        Assert.InRange(read[31 * 3], 101, 199);
    }

    [Fact(Timeout = 120_000)]
    public async Task WriteThenRead_MoreThanAThousandFrames_KeepsThem()
    {
        var video = TestVideos.MovingDisc(16, 16, 1100, 24);
        await VideoOutput.WriteAsync(_folder.Of("a.mp4"), video, null, Token);
        await VideoOutput.WriteAsync(_folder.Of("a.webp"), video, new() { Lossless = true }, Token);
        double worst = TestVideos.WorstPsnr(video.Frames, (await VideoReader.ReadAsync(_folder.Of("a.mp4"), null, Token)).Frames);
        Assert.True(worst > 30, $"{worst:F1} dB");
        Assert.Equal(video.Frames, (await VideoReader.ReadAsync(_folder.Of("a.webp"), null, Token)).Frames);
    }
}
