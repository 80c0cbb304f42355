using Phenaki.Media;
using Phenaki.Testing;
using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tests.Data;

public sealed class MediaSourceTests
{
    [Fact(Timeout = 60_000)]
    public async Task DrawAsync_OneRound_ShowsEveryVideoOnceInTheSameOrderEachTime()
    {
        using var folder = await TinyMedia.FolderAsync(9);
        var config = new DataConfig { Path = folder.Path, HeldOut = 0 };
        var (source, again) = (await TinyMedia.OpenAsync(config), await TinyMedia.OpenAsync(config));
        var seen = new List<(int Number, int Frame)>();
        for (int i = 0; i < 18; i++)
        {
            var clip = await TinyMedia.DrawAsync(source, i, 5);
            Assert.Equal(clip.Rgb, (await TinyMedia.DrawAsync(again, i, 5)).Rgb);
            Assert.Equal($"Video number {TinyMedia.First(clip).Number}.", clip.Caption);
            seen.Add(TinyMedia.First(clip));
        }

        Assert.Equal(Enumerable.Range(1, 9), seen.Take(9).Select(one => one.Number).Order());
        Assert.Equal(Enumerable.Range(1, 9), seen.Skip(9).Select(one => one.Number).Order());
        Assert.NotEqual(seen.Take(9).Select(one => one.Number), seen.Skip(9).Select(one => one.Number));

        // Four cuts of eight frames that are five long begin at 0, 1, 2 and 3.
        Assert.All(seen, one => Assert.InRange(one.Frame, 0, 3));
        Assert.True(seen.Select(one => one.Frame).Distinct().Count() > 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task DrawAsync_BrokenAndShortVideos_AreSkippedAndNamed()
    {
        using var folder = await TinyMedia.FolderAsync(6);
        await TinyMedia.TextAsync(folder.Of("clip02.webp"), "no video");
        await TinyMedia.WriteAsync(folder.Of("clip05.webp"), 5, 3);
        var log = new StringWriter();
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path, HeldOut = 0, MaxBroken = 0.2 }, log);
        var seen = new List<int>();
        for (int i = 0; i < 24; i++)
        {
            seen.Add(TinyMedia.First(await TinyMedia.DrawAsync(source, i, 5)).Number);
        }

        Assert.Equal([1, 3, 4, 6], seen.Distinct().Order());
        Assert.Equal(1, log.ToString().Split("Skipped").Length - 1);
        Assert.Contains("clip02.webp", log.ToString(), StringComparison.Ordinal);

        // What is too short for a clip is still good for a still.
        var stills = new HashSet<int>();
        for (int i = 0; i < 24; i++)
        {
            stills.Add(TinyMedia.First(await TinyMedia.DrawAsync(source, i, 1)).Number);
        }

        Assert.Equal([1, 3, 4, 5, 6], stills.Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task DrawAsync_TooManyBrokenFiles_StopsWithTheirNames()
    {
        using var folder = await TinyMedia.FolderAsync(8);
        await TinyMedia.TextAsync(folder.Of("clip02.webp"), "no video");
        await TinyMedia.TextAsync(folder.Of("clip07.webp"), "no video");
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path, HeldOut = 0 });
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            for (int i = 0; i < 8; i++)
            {
                await TinyMedia.DrawAsync(source, i, 5);
            }
        });
        Assert.Contains("2 of 8 files are broken", error.Message, StringComparison.Ordinal);
        Assert.Contains("clip02.webp", error.Message, StringComparison.Ordinal);
        Assert.Contains("clip07.webp", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public async Task DrawAsync_PicturesAndVideos_StillsComeFromWhatTheSettingSays(double imagesInStills, int pictures)
    {
        using var folder = await TinyMedia.FolderAsync(4);
        await FrameStrip.WriteAsync(folder.Of("tree.png"), [[TinyMedia.Video(20, 1).Frames[0]]], 64, 64, 1, 0, TinyMedia.Token);
        await TinyMedia.TextAsync(folder.Of("tree.txt"), "A tree.");
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path, HeldOut = 0, ImagesInStills = imagesInStills });
        var stills = new List<int>();
        var clips = new List<int>();
        for (int i = 0; i < 10; i++)
        {
            stills.Add(TinyMedia.First(await TinyMedia.DrawAsync(source, i, 1)).Number);
            clips.Add(TinyMedia.First(await TinyMedia.DrawAsync(source, i, 5)).Number);
        }

        Assert.Equal(pictures, stills.Count(number => number == 20) / 10);
        Assert.DoesNotContain(20, clips);
    }

    [Fact(Timeout = 60_000)]
    public async Task DrawAsync_HeldOut_NeverShowsWhatTrainingSees()
    {
        using var folder = await TinyMedia.FolderAsync(16, frames: 3);
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path, HeldOut = 0.4 });
        var (trained, held) = (new HashSet<string>(), new HashSet<string>());
        for (int i = 0; i < 40; i++)
        {
            trained.Add((await TinyMedia.DrawAsync(source, i, 3)).Caption);
            held.Add((await TinyMedia.DrawAsync(source, i, 3, heldOut: true)).Caption);
        }

        Assert.Equal(16, trained.Count + held.Count);
        Assert.Empty(trained.Intersect(held));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("letterbox", 0)]
    [InlineData("crop", 30)]
    [InlineData("stretch", 30)]
    public async Task DrawAsync_AnotherShape_IsFittedAsTheSettingSays(string fit, int corner)
    {
        using var folder = new TemporaryFolder();
        await VideoOutput.WriteAsync(folder.Of("wide.webp"), TinyMedia.Video(3, 4, 128, 64), new() { Lossless = true }, TinyMedia.Token);
        await TinyMedia.TextAsync(folder.Of("wide.txt"), "Wide");
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path, Fit = fit });
        var clip = await TinyMedia.DrawAsync(source, 0, 3);
        Assert.Equal(3 * 64 * 64 * 3, clip.Rgb.Length);
        Assert.Equal(corner, clip.Rgb[0]);
    }

    [Fact(Timeout = 60_000)]
    public async Task DrawAsync_TokensKnown_ReadsNoPixels()
    {
        using var folder = await TinyMedia.FolderAsync(2);
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path });
        var read = await TinyMedia.DrawAsync(source, 0, 3);
        var known = await source.DrawAsync(new ClipDraw(0, 0, 3), identity => identity == read.Identity, TinyMedia.Token);
        Assert.Empty(known.Rgb);
        Assert.Equal((read.Identity, read.Caption), (known.Identity, known.Caption));
    }

    [Fact]
    public void Violations_EveryFieldOutOfRange_IsNamed()
    {
        var wrong = new DataConfig
        {
            Path = "x", Fit = "squeeze", ImagesInStills = 2, Windows = 0, HeldOut = 1, MaxBroken = -1, MaxWords = 0, MemoryMegabytes = -1, TokenCacheMegabytes = -1,
        };
        string[] messages = [.. wrong.Violations()];
        Assert.Equal(
            ["fit", "images_in_stills", "windows", "held_out", "max_broken", "max_words", "memory_megabytes", "token_cache_megabytes"],
            messages.Select(message => message.Split(' ')[0]));
    }
}
