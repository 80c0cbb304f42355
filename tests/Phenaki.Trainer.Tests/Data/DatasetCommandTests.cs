using Phenaki.Media;
using Phenaki.Testing;
using Phenaki.Trainer.Commands;
using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tests.Data;

public sealed class DatasetCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Dataset_FolderOfVideos_MakesShardsWithTheSamePixelsAndAReport()
    {
        using var files = await TinyMedia.FolderAsync(25, frames: 10);
        await TinyMedia.TextAsync(files.Of("clip03.webp"), "no video");
        await TinyMedia.WriteAsync(files.Of("clip04.webp"), 4, 2);
        await FrameStrip.WriteAsync(files.Of("tree.png"), [[TinyMedia.Video(20, 1).Frames[0]]], 64, 64, 1, 0, TinyMedia.Token);
        await TinyMedia.TextAsync(files.Of("tree.txt"), "A tree.");
        await TinyMedia.WriteAsync(files.Of("silent.webp"), 6, 8);
        string config = await ConfigAsync("""{ "frame_height": 64, "frame_width": 64, "piece_frames": 6, "least_frames": 3 }""");
        Assert.Equal(0, await InvokeAsync("--config", config, "--data", files.Path, "--output", _folder.Of("shards")));

        // 23 whole videos in two pieces each, and the picture.
        var index = await MediaIndex.ReadAsync(_folder.Of("shards"), TinyMedia.Token);
        Assert.Equal(47, index.Entries.Count);
        Assert.Empty(index.Skipped);
        Assert.Equal([1, 4, 6], index.Entries.Select(entry => entry.Frames!.Value).Distinct().Order());
        Assert.Equal(2, index.Entries.Count(entry => entry.Source == "clip01.webp" && entry.Captions is ["Video number 1."]));
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = _folder.Of("shards"), HeldOut = 0, Windows = 1 });
        var starts = new List<(int Number, int Frame)>();
        for (int i = 0; i < 23; i++)
        {
            starts.Add(TinyMedia.First(await TinyMedia.DrawAsync(source, i, 6)));
        }

        Assert.Equal(Enumerable.Range(1, 25).Except([3, 4]).Select(number => (number, 0)), starts.Order());
        string report = await File.ReadAllTextAsync(_folder.Of("shards", "report.md"), TinyMedia.Token);
        Assert.Contains("46 clips and 1 stills", report, StringComparison.Ordinal);
        Assert.Contains("| silent.webp | no caption |", report, StringComparison.Ordinal);
        Assert.Contains("| clip04.webp | fewer than 3 frames |", report, StringComparison.Ordinal);
        Assert.Contains("| clip03.webp | ", report, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Dataset_TooManyBrokenFiles_StopsWithTheirNamesAndLeavesNothing()
    {
        using var files = await TinyMedia.FolderAsync(5);
        await TinyMedia.TextAsync(files.Of("clip02.webp"), "no video");
        await TinyMedia.TextAsync(files.Of("clip04.webp"), "no video");
        string config = await ConfigAsync("""{ "frame_height": 64, "frame_width": 64 }""");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => InvokeAsync("--config", config, "--data", files.Path, "--output", _folder.Of("shards")));
        Assert.Contains("clip02.webp", error.Message, StringComparison.Ordinal);
        Assert.Contains("clip04.webp", error.Message, StringComparison.Ordinal);
        Assert.Equal(["config.json"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact(Timeout = 120_000)]
    public async Task Dataset_TheSameFilesTwice_MakesTheSameBytes()
    {
        using var files = await TinyMedia.FolderAsync(3);
        string config = await ConfigAsync("""{ "frame_height": 32, "frame_width": 32 }""");
        await InvokeAsync("--config", config, "--data", files.Path, "--output", _folder.Of("one"));
        await InvokeAsync("--config", config, "--data", files.Path, "--output", _folder.Of("two"));
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder.Of("one", "clips-00000.tar"), TinyMedia.Token), await File.ReadAllBytesAsync(_folder.Of("two", "clips-00000.tar"), TinyMedia.Token));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => InvokeAsync("--config", config, "--data", files.Path, "--output", _folder.Of("one")));
        Assert.Contains("is there already", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task DatasetAnimations_PackagesAtHand_TakesNamesAndKeywordsAsCaptions()
    {
        string assets = _folder.Of("npm", "node_modules", "@lobehub", "fluent-emoji-anim-1", "assets");
        string names = _folder.Of("npm", "node_modules", "emojibase-data", "en");
        Directory.CreateDirectory(assets);
        Directory.CreateDirectory(names);
        await TinyMedia.WriteAsync(Path.Combine(assets, "1f415.webp"), 1, 12);
        await TinyMedia.WriteAsync(Path.Combine(assets, "2764-fe0f.webp"), 2, 12);
        await TinyMedia.WriteAsync(Path.Combine(assets, "1f44b-1f3fd.webp"), 3, 12);
        await TinyMedia.WriteAsync(Path.Combine(assets, "unknown.webp"), 4, 12);
        await TinyMedia.TextAsync(Path.Combine(names, "data.json"), """
            [
              { "label": "dog", "hexcode": "1F415", "tags": ["pet", "animal"] },
              { "label": "red heart", "hexcode": "2764" },
              { "label": "waving hand", "hexcode": "1F44B", "tags": ["hand"], "skins": [{ "label": "waving hand: medium skin tone", "hexcode": "1F44B-1F3FD" }] }
            ]
            """);
        string config = await ConfigAsync("""{ "frame_height": 64, "frame_width": 64, "least_frames": 11 }""");
        Assert.Equal(0, await InvokeAsync("animations", "--config", config, "--packages", _folder.Of("npm"), "--output", _folder.Of("shards")));
        var index = await MediaIndex.ReadAsync(_folder.Of("shards"), TinyMedia.Token);
        Assert.Equal(
            ["1f415: dog | dog: pet, animal | pet, animal", "1f44b-1f3fd: waving hand: medium skin tone", "2764-fe0f: red heart"],
            index.Entries.Select(entry => $"{entry.Source}: {string.Join(" | ", entry.Captions)}").Order(StringComparer.Ordinal));
        Assert.Contains("unknown.webp", await File.ReadAllTextAsync(_folder.Of("shards", "report.md"), TinyMedia.Token), StringComparison.Ordinal);
    }

    private async Task<string> ConfigAsync(string json)
    {
        await TinyMedia.TextAsync(_folder.Of("config.json"), json);
        return _folder.Of("config.json");
    }

    private static Task<int> InvokeAsync(params string[] arguments) => DatasetCommand.Create().RunAsync(arguments);
}
