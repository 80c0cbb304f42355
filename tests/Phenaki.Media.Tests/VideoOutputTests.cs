using System.Diagnostics;
using Phenaki.Testing;

namespace Phenaki.Media.Tests;

[Collection("programs")]
public sealed class VideoOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => ["story.mp4", "story.webp", "story.gif", "frames"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task CompleteAsync_AfterFrames_LeavesTheOutputAlone(string name)
    {
        await VideoOutput.WriteAsync(_folder.Of(name), TestVideos.MovingDisc(), null, Token);
        Assert.Equal([_folder.Of(name)], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task DisposeAsync_WithoutComplete_LeavesNothing(string name)
    {
        await using (var sink = VideoOutput.Open(_folder.Of(name), 16, 16))
        {
            foreach (byte[] frame in TestVideos.MovingDisc(16, 16, 40).Frames)
            {
                await sink.AddFrameAsync(frame, Token);
            }
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task AddFrameAsync_CancelledInMidWrite_LeavesNothingAndKeepsTheOldOutput(string name)
    {
        string path = _folder.Of(name);
        if (name != "frames")
        {
            await File.WriteAllTextAsync(path, "old", Token);
        }

        using var cancel = new CancellationTokenSource();
        await using (var sink = VideoOutput.Open(path, 64, 64))
        {
            foreach (byte[] frame in TestVideos.MovingDisc(64, 64, 40).Frames)
            {
                await sink.AddFrameAsync(frame, cancel.Token);
            }

            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.AddFrameAsync(new byte[64 * 64 * 3], cancel.Token).AsTask());
            await Assert.ThrowsAsync<InvalidOperationException>(() => sink.CompleteAsync(Token).AsTask());
        }

        Assert.Equal(name == "frames" ? [] : [path], Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.True(name == "frames" || await File.ReadAllTextAsync(path, Token) == "old");
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task CompleteAsync_Cancelled_LeavesNothing(string name)
    {
        using var cancel = new CancellationTokenSource();
        await using (var sink = VideoOutput.Open(_folder.Of(name), 64, 64))
        {
            await sink.AddFrameAsync(new byte[64 * 64 * 3], Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.CompleteAsync(cancel.Token).AsTask());
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task WriteAsync_Twice_GivesTheSameBytes(string name)
    {
        var video = TestVideos.MovingDisc(frames: 3);
        await VideoOutput.WriteAsync(_folder.Of("a" + name), video, null, Token);
        await VideoOutput.WriteAsync(_folder.Of("b" + name), video, null, Token);
        Assert.Equal(ReadAll(_folder.Of("a" + name)), ReadAll(_folder.Of("b" + name)));

        static IEnumerable<byte[]> ReadAll(string path) =>
            File.Exists(path) ? [File.ReadAllBytes(path)] : Directory.EnumerateFiles(path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task CompleteAsync_NoFrames_IsRefused(string name)
    {
        await using var sink = VideoOutput.Open(_folder.Of(name), 16, 16);
        var error = await Assert.ThrowsAsync<MediaException>(() => sink.CompleteAsync(Token).AsTask());
        Assert.Contains("no frames", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task AddFrameAsync_OtherLength_NamesBothNumbersAndTakesTheNext(string name)
    {
        await using var sink = VideoOutput.Open(_folder.Of(name), 16, 16);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => sink.AddFrameAsync(new byte[767], Token).AsTask());
        Assert.Contains("767 bytes; 16x16 pixels are 768", error.Message, StringComparison.Ordinal);
        await sink.AddFrameAsync(new byte[768], Token);
        await sink.CompleteAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => sink.AddFrameAsync(new byte[768], Token).AsTask());
    }

    [Theory, MemberData(nameof(Names))]
    public void Validate_FolderMissing_NamesIt(string name)
    {
        string message = Assert.Throws<MediaException>(() => VideoOutput.Validate(_folder.Of("missing", name))).Message;
        Assert.Contains($"'{_folder.Of("missing")}' does not exist", message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void Validate_FolderThatTakesNoFiles_SaysSo(string name)
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "Needs a folder that nobody can write to: /proc of Linux.");
        string message = Assert.Throws<MediaException>(() => VideoOutput.Validate("/proc/" + name)).Message;
        Assert.Contains("takes no new files", message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void Validate_GoodPath_LeavesNothing(string name)
    {
        Assert.Equal(VideoFormat.FromPath(name), VideoOutput.Validate(_folder.Of(name)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Validate_FolderNotEmpty_IsRefused()
    {
        Directory.CreateDirectory(_folder.Of("frames", "inner"));
        Assert.Contains("not empty", Assert.Throws<MediaException>(() => VideoOutput.Validate(_folder.Of("frames"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_CodecForAnotherFormat_IsRefused()
    {
        var error = Assert.Throws<MediaException>(() => VideoOutput.Validate(_folder.Of("a.gif"), new() { Codec = VideoCodec.H264 }));
        Assert.Contains("GIF, which has no codec H264", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FfmpegMissing_SaysWhatToUseInstead()
    {
        var error = Assert.Throws<MediaException>(
            () => VideoOutput.Validate(_folder.Of("a.mp4"), new() { Codec = VideoCodec.H264, FfmpegPath = _folder.Of("none") }));
        Assert.Contains("AV1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(101, 1)]
    [InlineData(90, 0)]
    [InlineData(90, 17)]
    public void Validate_OptionOutOfRange_IsRefused(int quality, int scale) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => VideoOutput.Validate(_folder.Of("a.mp4"), new() { Quality = quality, Scale = scale }));

    [Theory]
    [InlineData("a.mp4", double.NaN)]
    [InlineData("a.mp4", 0)]
    [InlineData("a.mp4", 241)]
    [InlineData("a.gif", 51)]
    public void Open_RateOutOfRange_IsRefusedAndLeavesNothing(string name, double rate)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => VideoOutput.Open(_folder.Of(name), 16, 16, rate));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task AddFrameAsync_AnimationTooLongForMemory_SaysHowManyFrames()
    {
        await using var sink = VideoOutput.Open(_folder.Of("a.gif"), 16, 16, options: new() { MaxBufferedBytes = 2 * 16 * 16 * 4 });
        await sink.AddFrameAsync(new byte[768], Token);
        await sink.AddFrameAsync(new byte[768], Token);
        var error = await Assert.ThrowsAsync<MediaException>(() => sink.AddFrameAsync(new byte[768], Token).AsTask());
        Assert.Contains("at most 2 frames", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task WriteAsync_FullDisk_SaysSoAndLeavesNothing(string name)
    {
        string disk = _folder.Of("disk");
        Directory.CreateDirectory(disk);
        await RunOrSkipAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk);
        try
        {
            var error = await Assert.ThrowsAsync<MediaException>(
                () => VideoOutput.WriteAsync(Path.Combine(disk, name), TestVideos.Noise(128, 128, 12), null, Token));
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
        }
        finally
        {
            await RunOrSkipAsync("umount", disk);
        }
    }

    private static async Task RunOrSkipAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = await process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            Assert.SkipUnless(process.ExitCode == 0, $"A small disk cannot be mounted here: {error.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            Assert.Skip($"A small disk cannot be mounted here: {error.Message}");
        }
    }
}
