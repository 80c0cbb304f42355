using Phenaki.Testing;

namespace Phenaki.Media.Tests;

// One after another with all tests that start programs: a script that another thread's start still holds open cannot be run.
[Collection("programs")]
public sealed class FakeFfmpegTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task WriteAsync_FfmpegFails_GivesItsLastWordsAndLeavesNothing()
    {
        var options = Fake("echo 'Unknown encoder libx264' >&2; exit 3");
        var error = await Assert.ThrowsAsync<MediaException>(() => VideoOutput.WriteAsync(_folder.Of("out", "a.mp4"), TestVideos.MovingDisc(), options, Token));
        Assert.Contains("ended with code 3: Unknown encoder libx264", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Of("out")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("exec sleep 1000")]
    [InlineData("cat > /dev/null; exec sleep 1000")]
    [InlineData("exec 0<&-; exec sleep 1000")]
    public async Task WriteAsync_FfmpegHangs_IsEndedAfterItsTime(string script)
    {
        var options = Fake(script) with { FfmpegTimeout = TimeSpan.FromMilliseconds(300) };
        var error = await Assert.ThrowsAsync<MediaException>(() => VideoOutput.WriteAsync(_folder.Of("out", "a.mp4"), TestVideos.Noise(256, 256, 4), options, Token));
        Assert.Contains("did not answer within 0.3 seconds", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Of("out")));
    }

    [Fact(Timeout = 60_000)]
    public async Task AddFrameAsync_CancelledWhileFfmpegHangs_EndsIt()
    {
        using var cancel = new CancellationTokenSource();
        await using (var sink = VideoOutput.Open(_folder.Of("out", "a.mp4"), 256, 256, options: Fake("exec sleep 1000")))
        {
            var adding = sink.AddFrameAsync(new byte[256 * 256 * 3], cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adding);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Of("out")));
    }

    private VideoWriterOptions Fake(string script)
    {
        string path = _folder.Of("ffmpeg");
        Directory.CreateDirectory(_folder.Of("out"));
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The stand-in for ffmpeg is a shell script.");
        }
        else
        {
            File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new VideoWriterOptions { Codec = VideoCodec.H264, FfmpegPath = path };
    }
}
