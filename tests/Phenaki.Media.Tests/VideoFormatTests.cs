using Phenaki.Testing;

namespace Phenaki.Media.Tests;

public sealed class VideoFormatTests
{
    [Theory]
    [InlineData("story.mp4", "MP4")]
    [InlineData("a.b/STORY.MP4", "MP4")]
    [InlineData("story.webp", "WebP")]
    [InlineData("story.gif", "GIF")]
    [InlineData("frames", "PNG folder")]
    [InlineData("frames.v1/", "PNG folder")]
    public void FromPath_KnownEnding_GivesFormat(string path, string format) =>
        Assert.Equal(format, VideoFormat.FromPath(path).Name);

    [Fact]
    public void FromPath_FolderThatExists_IsPngFolderWhateverItsName()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of("frames.v2"));
        Assert.Equal(VideoFormat.PngFolder, VideoFormat.FromPath(folder.Of("frames.v2")));
    }

    [Theory]
    [InlineData("story.avi", ".avi")]
    [InlineData("story.mp4.txt", ".txt")]
    [InlineData("story.png", ".png")]
    public void FromPath_UnknownEnding_NamesItAndTheAllowedOnes(string path, string ending)
    {
        string message = Assert.Throws<MediaException>(() => VideoFormat.FromPath(path)).Message;
        Assert.All([path, $"'{ending}'", ".mp4", ".webp", ".gif", "PNG"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void FromPath_Empty_IsRefused(string path) => Assert.Throws<MediaException>(() => VideoFormat.FromPath(path));
}
