using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.Durable;
using Phenaki.Story.V1;
using Phenaki.Testing;
using StackExchange.Redis;

namespace Phenaki.Orchestrator.Tests.Durable;

/// <summary>Journal and index on a real Redis.</summary>
public sealed class StoryRedisTests : IAsyncLifetime
{
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);
    private static readonly string Id = StoryId.Of("", "one");

    private RedisServerProcess _redis = null!;
    private StoryStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServerProcess.StartAsync(Cancellation, "--save", "", "--appendonly", "yes");
        _store = Store(_redis.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Append_InOrder_IsReadFromAnyNumberOn()
    {
        var journal = new StoryJournal(_store);
        Assert.Null(await journal.LastNumberAsync(Id, Cancellation));
        await journal.BeginAsync(Id, [1, 2, 3], Retention, Cancellation);
        Assert.Equal(0, await journal.LastNumberAsync(Id, Cancellation));
        for (var number = 1; number <= 40; number++)
        {
            await journal.AppendAsync(Id, Event(number), Retention, Cancellation);
        }

        Assert.Equal(40, await journal.LastNumberAsync(Id, Cancellation));
        Assert.Equal([39UL, 40UL], (await journal.ReadAsync(Id, 39, 16, Cancellation)).Select(item => item.Number));
        Assert.Equal(16, (await journal.ReadAsync(Id, 1, 16, Cancellation)).Count);
        Assert.Empty(await journal.ReadAsync(Id, 41, 16, Cancellation));
        Assert.Equal([1, 2, 3], await journal.ReadOpeningAsync(Id, Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task Append_ByTwoAtOnce_HasEveryNumberOnce()
    {
        var journal = new StoryJournal(_store);
        await using var otherStore = Store(_redis.Address);
        var other = new StoryJournal(otherStore);
        await journal.BeginAsync(Id, [], Retention, Cancellation);
        await Task.WhenAll(WriteAsync(journal), WriteAsync(other));

        var all = await journal.ReadAsync(Id, 1, 1_000, Cancellation);
        Assert.Equal(Enumerable.Range(1, 50).Select(number => (ulong)number), all.Select(item => item.Number));

        async Task WriteAsync(StoryJournal writer)
        {
            for (var number = 1; number <= 50; number++)
            {
                try
                {
                    await writer.AppendAsync(Id, Event(number), Retention, Cancellation);
                }
                catch (JournalConflictException)
                {
                    // The other one was faster.
                }
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Append_OtherThanTheNext_IsAConflictAndTheSameAgainIsNone()
    {
        var journal = new StoryJournal(_store);
        await journal.BeginAsync(Id, [], Retention, Cancellation);
        await journal.AppendAsync(Id, Event(1), Retention, Cancellation);
        await journal.AppendAsync(Id, Event(1), Retention, Cancellation);
        Assert.Equal(1, await journal.LastNumberAsync(Id, Cancellation));
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.AppendAsync(Id, Event(3), Retention, Cancellation));
        var another = Event(1);
        another.SceneStarted.Scene = 99;
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.AppendAsync(Id, another, Retention, Cancellation));
        await journal.DeleteAsync(Id, Cancellation);
        await Assert.ThrowsAsync<JournalConflictException>(() => journal.AppendAsync(Id, Event(2), Retention, Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task Expire_RecordAndEvents_AtTheSameMoment()
    {
        var journal = new StoryJournal(_store);
        await journal.BeginAsync(Id, [], Retention, Cancellation);
        var at = await _store.DoAsync(
            async redis =>
            {
                await redis.HashSetAsync(_store.Keys.Record(Id), "data", "{}");
                return DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds() + 4_000_000_000_000);
            },
            Cancellation);
        await journal.ExpireAsync(Id, at, Cancellation);
        var expiries = await _store.DoAsync(
            redis => Task.WhenAll(redis.KeyExpireTimeAsync(_store.Keys.Record(Id)), redis.KeyExpireTimeAsync(_store.Keys.Events(Id))), Cancellation);
        Assert.All(expiries, expiry => Assert.Equal(at.UtcDateTime, expiry));
    }

    [Fact(Timeout = 60_000)]
    public async Task Append_WhileRedisIsAway_WaitsForIt()
    {
        var journal = new StoryJournal(_store);
        await journal.BeginAsync(Id, [], Retention, Cancellation);
        await _redis.StopAsync();
        var append = journal.AppendAsync(Id, Event(1), Retention, Cancellation);
        await _redis.StartAgainAsync(Cancellation);
        await append;
        Assert.Equal(1, await journal.LastNumberAsync(Id, Cancellation));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Read_PageAfterPage_HasEveryStoryOnceNewestFirst(int size)
    {
        var index = new StoryIndex(_store);
        var entries = Enumerable.Range(0, size == 1 ? 20 : 1_203).Select(i => Entry("a", i / 3, i)).ToList();
        await Task.WhenAll(entries.Select((entry, i) => index.PutAsync(entry, i % 10 == 0 ? StoryState.Running : StoryState.Succeeded, Retention, Cancellation)));
        await index.PutAsync(Entry("b", 5, 7_777), StoryState.Running, Retention, Cancellation);

        var expected = entries.OrderByDescending(entry => entry.Member, StringComparer.Ordinal).ToList();
        Assert.Equal(expected, await AllAsync(index, size, []));
        Assert.Equal(
            expected.Where(entry => entries.IndexOf(entry) % 10 == 0),
            await AllAsync(index, size, [StoryState.Running]));
        Assert.Empty(await AllAsync(index, size, [StoryState.Failed]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Put_AgainInAnotherState_IsOneStory()
    {
        var index = new StoryIndex(_store);
        var entry = Entry("a", 1, 1);
        await index.PutAsync(entry, StoryState.Queued, Retention, Cancellation);
        await index.PutAsync(entry, StoryState.Succeeded, Retention, Cancellation);
        Assert.Equal([entry], await AllAsync(index, 10, []));
        Assert.Empty(await AllAsync(index, 10, [StoryState.Queued]));
        await index.RemoveAsync(entry, Cancellation);
        Assert.Empty(await AllAsync(index, 10, []));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("000000000000000g00000000000000000000000000000000")]
    [InlineData("ffffffffffffffff00000000000000000000000000000000")]
    public void FromPageToken_SomethingElse_IsNone(string token) => Assert.Null(StoryEntry.FromPageToken("a", token));

    [Fact]
    public void FromPageToken_OfAnEntry_IsTheEntry()
    {
        var entry = Entry("a", 3, 4);
        Assert.Equal(entry, StoryEntry.FromPageToken("a", entry.ToPageToken()));
    }

    private static async Task<List<StoryEntry>> AllAsync(StoryIndex index, int size, StoryState[] states)
    {
        List<StoryEntry> all = [];
        for (StoryEntry? last = null; ;)
        {
            var (found, next) = await index.ReadAsync("a", last, size, states.ToHashSet(), Order.Descending, Cancellation);
            Assert.InRange(found.Count, 0, size);
            all.AddRange(found);
            if (next is null)
            {
                return all;
            }

            last = next;
        }
    }

    private static StoryStore Store(string address) => new(
        Options.Create(new DurableStoryOptions()),
        Options.Create(new OrchestratorOptions { Redis = address }),
        new(() => throw new InvalidOperationException("This Redis speaks no TLS.")),
        TimeProvider.System);

    private static StoryEntry Entry(string owner, int second, int number) =>
        new(owner, DateTimeOffset.UnixEpoch.AddSeconds(second), StoryId.Of(owner, $"{number}"));

    private static WatchStoryResponse Event(int number) => new() { Number = (ulong)number, SceneStarted = new() { Scene = (uint)number } };
}
