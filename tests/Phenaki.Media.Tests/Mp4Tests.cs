using System.Globalization;
using System.Text;
using CsCheck;
using Phenaki.Media.Iso;
using Phenaki.Testing;

namespace Phenaki.Media.Tests;

[Collection("programs")]
public sealed class Mp4Tests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(64, 64, 70, 8, 1, "High")]
    [InlineData(64, 64, 12, 8, 4, "Main")]
    [InlineData(63, 47, 5, 12.5, 1, "High")]
    [InlineData(64, 64, 1, 8, 1, "High")]
    [InlineData(128, 128, 11, 23.976, 2, "Main")]
    public async Task WriteAsync_Av1_IsWhatFfmpegExpects(int width, int height, int frames, double rate, int scale, string profile)
    {
        InstalledFfmpeg.SkipIfMissing();
        string path = _folder.Of("a.mp4");
        var video = TestVideos.MovingDisc(width, height, frames, rate);
        await VideoOutput.WriteAsync(path, video, new() { Scale = scale }, Token);

        var (stream, format) = await InstalledFfmpeg.ProbeAsync(path, Token);
        Assert.Equal("video", stream.GetProperty("codec_type").GetString());
        Assert.Equal("av1", stream.GetProperty("codec_name").GetString());
        Assert.Equal(profile, stream.GetProperty("profile").GetString());
        Assert.Equal(width * scale, stream.GetProperty("width").GetInt32());
        Assert.Equal(height * scale, stream.GetProperty("height").GetInt32());
        Assert.Equal(frames.ToString(CultureInfo.InvariantCulture), stream.GetProperty("nb_read_frames").GetString());
        Assert.Equal(frames.ToString(CultureInfo.InvariantCulture), stream.GetProperty("nb_frames").GetString());
        Assert.Equal(frames / rate, double.Parse(stream.GetProperty("duration").GetString()!, CultureInfo.InvariantCulture), 1e-3);
        string[] averageRate = stream.GetProperty("avg_frame_rate").GetString()!.Split('/');
        Assert.Equal(rate, double.Parse(averageRate[0], CultureInfo.InvariantCulture) / double.Parse(averageRate[1], CultureInfo.InvariantCulture), 1e-3);
        Assert.Equal("isom", format.GetProperty("tags").GetProperty("major_brand").GetString());

        var decoded = await InstalledFfmpeg.DecodeAsync(path, width * scale, height * scale, Token);
        await VideoOutput.WriteAsync(_folder.Of("frames"), video, new() { Scale = scale }, Token);
        var expected = await VideoReader.ReadAsync(_folder.Of("frames"), null, Token);
        double worst = TestVideos.WorstPsnr(expected.Frames, decoded);
        Assert.True(worst > 33, $"{worst:F1} dB");
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_Av1_HasTheBoxesThatPlayersNeed()
    {
        string path = _folder.Of("a.mp4");
        await VideoOutput.WriteAsync(path, TestVideos.MovingDisc(16, 16, 70), null, Token);
        byte[] file = await File.ReadAllBytesAsync(path, Token);

        var boxes = IsoBox.ReadAll(file);
        Assert.Equal(["ftyp", "moov", "mdat"], boxes.Select(box => box.Type));
        Assert.Equal("isom", boxes[0].FourCharacters(0));
        var media = IsoBox.Require(IsoBox.Require(boxes[1].Children(), "trak").Children(), "mdia").Children();
        Assert.Equal("vide", IsoBox.Require(media, "hdlr").FourCharacters(8));

        using var stream = new MemoryStream(file);
        var track = Av1Track.Read(stream)!;
        Assert.Equal(70, track.Samples.Count);
        Assert.Equal([0, 32, 64], Enumerable.Range(0, 70).Where(i => track.Samples[i].IsSync));
        Assert.Equal(file.Length, track.Samples[^1].Offset + track.Samples[^1].Size);
        Assert.Equal(0x81, track.Configuration.Span[0]);

        // OBU type 1 is a sequence header: in the configuration, and first in every key frame; type 2 is a temporal delimiter.
        Assert.Equal(1, track.Configuration.Span[4] >> 3);
        Assert.All(track.Samples, sample => Assert.Equal(sample.IsSync ? 1 : 6, file[sample.Offset] >> 3));
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_H264_IsWhatFfmpegExpects()
    {
        InstalledFfmpeg.SkipIfMissing();
        string path = _folder.Of("a.mp4");
        var video = TestVideos.MovingDisc(64, 64, 12);
        await VideoOutput.WriteAsync(path, video, new() { Codec = VideoCodec.H264, Scale = 2 }, Token);

        var (stream, _) = await InstalledFfmpeg.ProbeAsync(path, Token);
        Assert.Equal("h264", stream.GetProperty("codec_name").GetString());
        Assert.Equal("yuv420p", stream.GetProperty("pix_fmt").GetString());
        Assert.Equal("12", stream.GetProperty("nb_read_frames").GetString());
        Assert.Equal("8/1", stream.GetProperty("avg_frame_rate").GetString());
        string start = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path, Token));
        Assert.True(start.IndexOf("moov", StringComparison.Ordinal) < start.IndexOf("mdat", StringComparison.Ordinal));

        var read = await VideoReader.ReadAsync(path, new() { Width = 64, Height = 64 }, Token);
        Assert.Equal(8, read.FramesPerSecond);
        Assert.True(TestVideos.WorstPsnr(video.Frames, read.Frames) > 30);
    }

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_H264OfOddSize_RepeatsTheLastRowAndColumn()
    {
        InstalledFfmpeg.SkipIfMissing();
        await VideoOutput.WriteAsync(_folder.Of("a.mp4"), TestVideos.MovingDisc(31, 33, 2), new() { Codec = VideoCodec.H264 }, Token);
        var read = await VideoReader.ReadAsync(_folder.Of("a.mp4"), null, Token);
        Assert.Equal((32, 34, 2), (read.Width, read.Height, read.Frames.Count));
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_WebMOfAnotherEncoder_GivesItsFrames()
    {
        InstalledFfmpeg.SkipIfMissing();
        var video = TestVideos.MovingDisc(64, 64, 6);
        await VideoOutput.WriteAsync(_folder.Of("frames"), video, new() { Scale = 4 }, Token);
        await InstalledFfmpeg.RunAsync(
            "ffmpeg", ["-v", "error", "-framerate", "8", "-i", _folder.Of("frames", "frame-%05d.png"), "-c:v", "libvpx", "-b:v", "2M", _folder.Of("a.webm")], Token);
        var read = await VideoReader.ReadAsync(_folder.Of("a.webm"), new() { Width = 64, Height = 64 }, Token);
        Assert.Equal(8, read.FramesPerSecond, 0.01);
        double worst = TestVideos.WorstPsnr(video.Frames, read.Frames);
        Assert.True(worst > 28, $"{worst:F1} dB");
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_VideoOfAnotherEncoderWithoutFfmpeg_SaysWhatIsMissing()
    {
        byte[] webm = [0x1A, 0x45, 0xDF, 0xA3, .. new byte[100]];
        await File.WriteAllBytesAsync(_folder.Of("a.webm"), webm, Token);
        var error = await Assert.ThrowsAsync<MediaException>(
            () => VideoReader.ReadAsync(_folder.Of("a.webm"), new() { FfmpegPath = _folder.Of("none") }, Token));
        Assert.Contains("needs the program ffmpeg", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task ReadAsync_DamagedMp4_IsReadOrRefusedButNeverCrashes()
    {
        string whole = _folder.Of("whole.mp4");
        await VideoOutput.WriteAsync(whole, TestVideos.MovingDisc(16, 16, 3), null, Token);
        byte[] file = await File.ReadAllBytesAsync(whole, Token);
        var options = new VideoReaderOptions { FfmpegPath = _folder.Of("none") };
        string path = _folder.Of("damaged.mp4");

        for (int length = 0; length < file.Length; length += 7)
        {
            await File.WriteAllBytesAsync(path, file[..length], Token);
            var error = await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadAsync(path, options, Token));
            Assert.Contains("damaged.mp4", error.Message, StringComparison.Ordinal);
        }

        await Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte).Array[1, 4].SampleAsync(
            async changes =>
            {
                byte[] damaged = [.. file];
                foreach (var (position, value) in changes)
                {
                    damaged[position] = value;
                }

                await File.WriteAllBytesAsync(path, damaged, Token);
                try
                {
                    Assert.NotEmpty((await VideoReader.ReadAsync(path, options, Token)).Frames);
                }
                catch (MediaException)
                {
                    // A refusal with a message is right as well.
                }
            },
            iter: 300,
            threads: 1);
    }
}
