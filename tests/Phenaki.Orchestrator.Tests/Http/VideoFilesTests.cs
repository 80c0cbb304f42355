using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Orchestrator.Videos;
using Phenaki.Testing;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>Files that are written for clients: once, while there is room, and not for longer than their stories.</summary>
public sealed class VideoFilesTests : IDisposable
{
    private const int Timeout = 60_000;
    private static readonly VideoFileKind Mp4 = VideoFileKind.Find(null, null);
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private int _written;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task Open_BySeveral_WritesOnce()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var files = Files((_, _) => release.Task);
        var opening = Enumerable.Range(0, 5).Select(_ => ReadAsync(files, Story('a'))).ToList();
        using var leaving = new CancellationTokenSource();
        var left = files.OpenAsync(Story('a'), Mp4, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        release.SetResult();
        Assert.All(await Task.WhenAll(opening), content => Assert.Equal("aaaa", content));
        Assert.Equal(1, _written);
    }

    [Fact(Timeout = Timeout)]
    public async Task Open_OfMoreThanIsKept_ForgetsWhatWasAskedForLeastLately()
    {
        await using var files = Files(cacheBytes: 8);
        await ReadAsync(files, Story('a'));
        await ReadAsync(files, Story('b'));
        await ReadAsync(files, Story('a'));
        var (_, held) = await files.OpenAsync(Story('b'), Mp4, Cancellation);
        await ReadAsync(files, Story('a'));
        await ReadAsync(files, Story('c'));
        Assert.Equal((3, 8L), (_written, files.Bytes));
        Assert.Equal(2, Directory.EnumerateFiles(Directory.GetDirectories(_folder.Path).Single(), "*.mp4").Count());
        await ReadAsync(files, Story('a'));
        Assert.Equal(3, _written);

        // Forgotten, but read to its end by whoever has it.
        using var reader = new StreamReader(held);
        Assert.Equal("bbbb", await reader.ReadToEndAsync(Cancellation));
        await ReadAsync(files, Story('b'));
        Assert.Equal(4, _written);
    }

    [Fact(Timeout = Timeout)]
    public async Task Open_OfAStoryThatHasExpiredOrIsForgotten_WritesAgain()
    {
        await using var files = Files();
        await ReadAsync(files, Story('a'));
        await ReadAsync(files, Story('b'));
        files.Forget(Story('a').Id);
        Assert.Equal(4, files.Bytes);
        _time.Advance(TimeSpan.FromDays(2));
        await ReadAsync(files, Story('a'));
        Assert.Equal((3, 4L), (_written, files.Bytes));
    }

    [Fact(Timeout = Timeout)]
    public async Task Open_OfAFileThatSomebodyHasDeleted_WritesAgain()
    {
        await using var files = Files();
        await ReadAsync(files, Story('a'));
        Directory.Delete(Directory.GetDirectories(_folder.Path).Single(), recursive: true);
        Assert.Equal("aaaa", await ReadAsync(files, Story('a')));
        Assert.Equal((2, 4L), (_written, files.Bytes));
    }

    [Fact(Timeout = Timeout)]
    public async Task Open_OfMoreThanMayWait_IsRefused()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var files = Files((_, _) => release.Task);
        var opening = "abc".Select(name => ReadAsync(files, Story(name))).ToList();
        var refused = await Task.WhenAny(opening);
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => refused)).StatusCode);
        release.SetResult();
        opening.Remove(refused);
        Assert.Equal(2, (await Task.WhenAll(opening)).Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task Open_AfterAFailure_TriesAgain()
    {
        await using var files = Files((_, attempt) => attempt == 1 ? throw new IOException("the disk is full") : Task.CompletedTask);
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(files, Story('a')));
        Assert.Equal("aaaa", await ReadAsync(files, Story('a')));
    }

    [Fact(Timeout = Timeout)]
    public async Task Dispose_WhileAFileIsWritten_StopsItAndLeavesNothing()
    {
        var files = Files((cancellationToken, _) => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken));
        var opening = ReadAsync(files, Story('a'));
        await Eventually.TrueAsync(() => ValueTask.FromResult(Volatile.Read(ref _written) == 1), Cancellation);
        await files.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    private static WireStory Story(char name) => new()
    {
        Id = new string(name, 32),
        Frames = 1,
        CreateTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        ExpireTime = Timestamp.FromDateTimeOffset(new FakeTimeProvider().GetUtcNow().AddDays(1)),
    };

    private static async Task<string> ReadAsync(VideoFiles files, WireStory story)
    {
        var (_, content) = await files.OpenAsync(story, Mp4, Cancellation);
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private VideoFiles Files(Func<CancellationToken, int, Task>? before = null, long cacheBytes = 1_000) => new(
        async (story, _, path, cancellationToken) =>
        {
            var attempt = Interlocked.Increment(ref _written);
            await (before?.Invoke(cancellationToken, attempt) ?? Task.CompletedTask);
            await File.WriteAllTextAsync(path, story.Id[..4], cancellationToken);
        },
        new StoryWorld.FixedSeed(1),
        Options.Create(new VideoOptions { Folder = _folder.Path, CacheBytes = cacheBytes, MaxEncodings = 1, MaxWaiting = 1 }),
        _time);
}
