using System.Formats.Tar;
using Phenaki.Testing;

namespace Phenaki.Media.Tests;

/// <summary>Media inside another file, read without being taken out of it.</summary>
public sealed class MediaPartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData("a.webp", 60)]
    [InlineData("a.gif", 25)]
    [InlineData("a.mp4", 25)]
    public async Task ReadAsync_MemberOfATar_GivesTheFramesOfTheFile(string name, double psnr)
    {
        var video = TestVideos.MovingDisc(32, 32, 6);
        await VideoOutput.WriteAsync(_folder.Of(name), video, new() { Lossless = name == "a.webp" ? true : null }, Token);
        var read = await VideoReader.ReadAsync(await InTarAsync(name), null, Token);
        Assert.True(TestVideos.WorstPsnr(video.Frames, read.Frames) > psnr);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a.mp4", "libx264")]
    [InlineData("a.webm", "libvpx-vp9")]
    public async Task ReadAsync_MemberOfATarThatNeedsFfmpeg_GivesTheFramesOfTheFile(string name, string codec)
    {
        InstalledFfmpeg.SkipIfMissing();
        var video = TestVideos.MovingDisc(64, 64, 6);
        await VideoOutput.WriteAsync(_folder.Of("from.webp"), video, new() { Lossless = true }, Token);
        await VideoOutput.WriteAsync(_folder.Of("frames"), video, null, Token);
        await InstalledFfmpeg.RunAsync(
            "ffmpeg", ["-v", "error", "-framerate", "8", "-pattern_type", "glob", "-i", _folder.Of("frames", "*.png"), "-c:v", codec, "-pix_fmt", "yuv420p", _folder.Of(name)], Token);
        var read = await VideoReader.ReadAsync(await InTarAsync(name), null, Token);
        Assert.True(TestVideos.WorstPsnr(video.Frames, read.Frames) > 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_TarThatEndsBeforeItsMember_NamesBoth()
    {
        await VideoOutput.WriteAsync(_folder.Of("a.webp"), TestVideos.MovingDisc(32, 32, 6), null, Token);
        var whole = await InTarAsync("a.webp");
        var cut = new MediaPart(whole.Path, "a.webp", whole.Offset, new FileInfo(whole.Path).Length);
        var error = await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadAsync(cut, null, Token));
        Assert.Contains("clips.tar:a.webp", error.Message, StringComparison.Ordinal);
    }

    // A member before and one after it: both must stay unread.
    private async Task<MediaPart> InTarAsync(string name)
    {
        await File.WriteAllTextAsync(_folder.Of("other.txt"), new string('x', 5000), Token);
        await using (var tar = new TarWriter(File.Create(_folder.Of("clips.tar"))))
        {
            await tar.WriteEntryAsync(_folder.Of("other.txt"), "before.txt", Token);
            await tar.WriteEntryAsync(_folder.Of(name), name, Token);
            await tar.WriteEntryAsync(_folder.Of("other.txt"), "after.txt", Token);
        }

        await using var reader = new TarReader(File.OpenRead(_folder.Of("clips.tar")));
        while (await reader.GetNextEntryAsync(copyData: false, Token) is { } entry)
        {
            if (entry.Name == name)
            {
                return new MediaPart(_folder.Of("clips.tar"), name, entry.DataOffset, entry.Length);
            }
        }

        throw new InvalidDataException($"{name} is not in the archive");
    }
}
