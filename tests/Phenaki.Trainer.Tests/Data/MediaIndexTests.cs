using Phenaki.Media;
using Phenaki.Testing;
using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tests.Data;

public sealed class MediaIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_CaptionsInEveryForm_FindsThemAll()
    {
        Directory.CreateDirectory(_folder.Of("more", "walk"));
        foreach (string name in (string[])["a.mp4", "b.gif", "c.webm", "d.jpg", "e.png", "notes.md", "more/f.webp", "more/walk/1.png", "more/walk/2.png"])
        {
            await TinyMedia.TextAsync(_folder.Of(name), "not looked at yet");
        }

        await TinyMedia.TextAsync(_folder.Of("metadata.csv"), "file_name,text\na.mp4,\"A cat, black\"\"ish\"\"\"\nb.gif,A dog\nghost.mp4,Nothing\n");
        await TinyMedia.TextAsync(_folder.Of("metadata.jsonl"), """{"file":"c.webm","caption":["One","Two"]}""" + "\n\n" + """{"file_name":"d.jpg","text":"A tree"}""" + "\n");
        await TinyMedia.TextAsync(_folder.Of("more", "f.txt"), "First line\nSecond line\n");
        await TinyMedia.TextAsync(_folder.Of("more", "walk.txt"), "A walk");
        var index = await MediaIndex.ReadAsync(_folder.Path, TinyMedia.Token);
        Assert.Equal(
            ["a.mp4: A cat, black\"ish\"", "b.gif: A dog", "c.webm: One/Two", "d.jpg: A tree", "more/f.webp: First line/Second line", "more/walk: A walk"],
            index.Entries.Select(entry => $"{entry.Key}: {string.Join('/', entry.Captions)}"));
        Assert.Equal([null, null, null, 1, null, null], index.Entries.Select(entry => entry.Frames));
        Assert.Equal(["e.png", "ghost.mp4"], index.Skipped.Select(one => one.Name).Order(StringComparer.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("metadata.jsonl", "{\"file_name\":\"a.mp4\",\"text\":\"x\"}\n{broken\n", "metadata.jsonl, line 2")]
    [InlineData("metadata.jsonl", "{\"text\":\"x\"}\n", "no file_name")]
    [InlineData("metadata.csv", "file_name,words\na.mp4,x\n", "columns are [file_name, words]")]
    public async Task ReadAsync_BadMetadata_NamesFileAndLine(string name, string text, string message)
    {
        await TinyMedia.TextAsync(_folder.Of("a.mp4"), "");
        await TinyMedia.TextAsync(_folder.Of(name), text);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => MediaIndex.ReadAsync(_folder.Path, TinyMedia.Token));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_NothingUsable_SaysWhy()
    {
        await TinyMedia.TextAsync(_folder.Of("a.mp4"), "");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => MediaIndex.ReadAsync(_folder.Path, TinyMedia.Token));
        Assert.Contains("a.mp4 (no caption)", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<InvalidOperationException>(() => MediaIndex.ReadAsync(_folder.Of("none"), TinyMedia.Token));
        Assert.Contains("there is no file or folder", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_Shards_FindsSamplesAndNamesThoseWithoutCaption()
    {
        using var files = await TinyMedia.FolderAsync(3);
        File.Delete(files.Of("clip02.txt"));
        await TinyMedia.TextAsync(files.Of("clip03.json"), """{"caption":"From JSON","clip_frames":8}""");
        await TinyMedia.TextAsync(files.Of("clip04.txt"), "No video");
        await TinyMedia.ShardAsync(files, _folder.Of("one.tar"));
        var index = await MediaIndex.ReadAsync(_folder.Path, TinyMedia.Token);
        Assert.Equal(["one.tar:clip01", "one.tar:clip03"], index.Entries.Select(entry => entry.Key));
        Assert.Equal((int?)8, index.Entries[1].Frames);
        Assert.Equal(["one.tar:clip02", "one.tar:clip04"], index.Skipped.Select(one => one.Name));
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_DamagedShard_NamesIt()
    {
        using var files = await TinyMedia.FolderAsync(1);
        string shard = await TinyMedia.ShardAsync(files, _folder.Of("one.tar"));
        await File.WriteAllBytesAsync(shard, (await File.ReadAllBytesAsync(shard, TinyMedia.Token)).AsMemory(0, 700), TinyMedia.Token);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => MediaIndex.ReadAsync(shard, TinyMedia.Token));
        Assert.Contains("one.tar is no whole tar archive", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_ShardAndFolder_GiveTheSamePixels()
    {
        using var files = await TinyMedia.FolderAsync(2);
        string shard = await TinyMedia.ShardAsync(files, _folder.Of("one.tar"));
        var (loose, packed) = (await TinyMedia.OpenAsync(new DataConfig { Path = files.Path }), await TinyMedia.OpenAsync(new DataConfig { Path = shard }));
        var expected = (await Drawn(loose)).Select(clip => Convert.ToHexString(clip.Rgb)).Order(StringComparer.Ordinal);
        Assert.Equal(expected, (await Drawn(packed)).Select(clip => Convert.ToHexString(clip.Rgb)).Order(StringComparer.Ordinal));

        static async Task<TrainingClip[]> Drawn(IClipSource source) => [await TinyMedia.DrawAsync(source, 0, 8), await TinyMedia.DrawAsync(source, 1, 8)];
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadAsync_FolderOfPngFiles_IsAVideo()
    {
        await VideoOutput.WriteAsync(_folder.Of("walk"), TinyMedia.Video(4, 6), null, TinyMedia.Token);
        await TinyMedia.TextAsync(_folder.Of("walk.txt"), "A walk");
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = _folder.Path, Windows = 1 });
        Assert.Equal((4, 1), TinyMedia.First(await TinyMedia.DrawAsync(source, 0, 3)));
    }
}
