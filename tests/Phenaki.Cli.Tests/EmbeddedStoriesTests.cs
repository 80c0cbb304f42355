using Phenaki.Cli.Hosting;
using Phenaki.Testing;
using StackExchange.Redis;

namespace Phenaki.Cli.Tests;

/// <summary>The store of stories forgets nothing: not what is more than its memory, not when its process ends.</summary>
public sealed class EmbeddedStoriesTests : IDisposable
{
    private const int Stories = 40;
    private const int Events = 50;
    private const int EventBytes = 100_000;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Store_WithTwiceItsMemory_HasEverythingAlsoAfterARestart()
    {
        using (var folder = CacheFolder.TryTake(_folder.Of("cache")))
        {
            using var stories = EmbeddedStories.Start(folder);
            await using var redis = await ConnectionMultiplexer.ConnectAsync(stories.Address);
            for (var story = 0; story < Stories; story++)
            {
                await redis.GetDatabase().HashSetAsync(Key("record", story), "data", $"{story}");
                for (var number = 0; number < Events; number++)
                {
                    await redis.GetDatabase().ListRightPushAsync(Key("events", story), Event(story, number)).WaitAsync(Cancellation);
                }
            }

            await AssertWholeAsync(redis.GetDatabase());
        }

        using var again = CacheFolder.TryTake(_folder.Of("cache"));
        using var restarted = EmbeddedStories.Start(again);
        Assert.Null(restarted.PutAside);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(restarted.Address);
        await AssertWholeAsync(connection.GetDatabase());
    }

    [Fact(Timeout = 120_000)]
    public async Task Store_WithoutAFolder_TakesScripts()
    {
        using var stories = EmbeddedStories.Start(null);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(stories.Address);
        var answer = await redis.GetDatabase().ScriptEvaluateAsync("redis.call('RPUSH', KEYS[1], ARGV[1]); return redis.call('LLEN', KEYS[1])", ["list"], [Event(1, 1)]);
        Assert.Equal(1, (int)answer);
        Assert.Equal(Event(1, 1), (byte[]?)await redis.GetDatabase().ListGetByIndexAsync("list", 0));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static async Task AssertWholeAsync(IDatabase redis)
    {
        for (var story = 0; story < Stories; story++)
        {
            Assert.Equal($"{story}", (string?)await redis.HashGetAsync(Key("record", story), "data"));
            Assert.Equal(Events, await redis.ListLengthAsync(Key("events", story)).WaitAsync(Cancellation));
            Assert.Equal(Event(story, Events - 1), (byte[]?)await redis.ListGetByIndexAsync(Key("events", story), -1));
        }
    }

    private static string Key(string what, int story) => $"story:{{{story}}}:{what}";

    private static byte[] Event(int story, int number)
    {
        var bytes = new byte[EventBytes];
        bytes.AsSpan().Fill((byte)(story ^ number));
        (bytes[0], bytes[1]) = ((byte)story, (byte)number);
        return bytes;
    }
}
