using Google.Protobuf;
using Phenaki.Story.V1;
using StackExchange.Redis;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// The events of stories: a list of each in Redis, in which an event's place is its number. At place 0 are the opening frames, so that they live
/// and die with the events. Commands are events: what comes before what is decided by the list alone.
/// </summary>
internal sealed class StoryJournal(StoryStore store)
{
    // Adds an event if it is the next one; adding the one that was added last again is adding it once, as after an answer that was lost. One with a
    // command comes with a second key.
    private const string AppendScript =
        """
        local length = redis.call('LLEN', KEYS[1])
        local expected = tonumber(ARGV[1])
        if length == expected then
          redis.call('RPUSH', KEYS[1], ARGV[3])
          if KEYS[2] then
            redis.call('RPUSH', KEYS[2], ARGV[3])
          end
        elseif length ~= expected + 1 or redis.call('LINDEX', KEYS[1], -1) ~= ARGV[3] then
          return 0
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        if KEYS[2] then
          redis.call('PEXPIRE', KEYS[2], ARGV[2])
        end
        return 1
        """;

    private const string ExpireScript =
        """
        for _, key in ipairs(KEYS) do
          redis.call('PEXPIREAT', key, ARGV[1])
        end
        return 1
        """;

    private const int ManyEvents = 64;

    /// <summary>Begins the events of a story with its opening frames; what an earlier attempt has begun stays.</summary>
    public async Task BeginAsync(string id, byte[] opening, TimeSpan retention, CancellationToken cancellationToken) =>
        await store.DoAsync(
            async redis =>
            {
                // Not the first attempt where it is not added; then the same frames are there.
                await AppendAsync(redis, [store.Keys.Events(id)], 0, opening, retention);
                return true;
            },
            cancellationToken);

    /// <summary>Number of the last event, 0 before the first; null where there is nothing of the story.</summary>
    public Task<long?> LastNumberAsync(string id, CancellationToken cancellationToken) => store.DoAsync(
        async redis => await redis.ListLengthAsync(store.Keys.Events(id)) is > 0 and var length ? (long?)length - 1 : null, cancellationToken);

    /// <summary>Adds an event.</summary>
    /// <exception cref="JournalConflictException">It is not the next one.</exception>
    public async Task AppendAsync(string id, WatchStoryResponse item, TimeSpan retention, CancellationToken cancellationToken)
    {
        var bytes = item.ToByteArray();
        RedisKey[] keys = item.Directed is null ? [store.Keys.Events(id)] : [store.Keys.Events(id), store.Keys.Directions(id)];
        if (!await store.DoAsync(redis => AppendAsync(redis, keys, (long)item.Number, bytes, retention), cancellationToken))
        {
            throw new JournalConflictException(id, (long)item.Number);
        }
    }

    /// <summary>Some events, from a number on.</summary>
    /// <param name="id">The story.</param>
    /// <param name="first">Number of the first, at least 1.</param>
    /// <param name="count">Most events.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<WatchStoryResponse>> ReadAsync(string id, long first, int count, CancellationToken cancellationToken)
    {
        var values = await store.DoAsync(redis => redis.ListRangeAsync(store.Keys.Events(id), first, first + count - 1), cancellationToken);
        return Parse(values);
    }

    /// <summary>All events with a command.</summary>
    public async Task<IReadOnlyList<WatchStoryResponse>> ReadDirectionsAsync(string id, CancellationToken cancellationToken) =>
        Parse(await store.DoAsync(redis => redis.ListRangeAsync(store.Keys.Directions(id)), cancellationToken));

    /// <summary>The last frame up to an event, and what came after it; from the begin on where there is no frame.</summary>
    public async Task<IReadOnlyList<WatchStoryResponse>> ReadFromLastFrameAsync(string id, long last, CancellationToken cancellationToken)
    {
        // Among any three events there is a frame, but at the very beginning and where commands were given.
        List<WatchStoryResponse> found = [];
        for (var (end, count) = (last, 3); end > 0 && !found.Exists(item => item.Frame is not null); count = ManyEvents)
        {
            var first = Math.Max(1, end - count + 1);
            found.InsertRange(0, await ReadAsync(id, first, (int)(end - first + 1), cancellationToken));
            end = first - 1;
        }

        return found;
    }

    /// <summary>The opening frames.</summary>
    public async Task<byte[]> ReadOpeningAsync(string id, CancellationToken cancellationToken) =>
        (byte[]?)await store.DoAsync(redis => redis.ListGetByIndexAsync(store.Keys.Events(id), 0), cancellationToken) ?? [];

    /// <summary>Has record and events expire at the same moment.</summary>
    public Task ExpireAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => store.DoAsync(
        redis => redis.ScriptEvaluateAsync(
            ExpireScript, [store.Keys.Record(id), store.Keys.Events(id), store.Keys.Directions(id)], [at.ToUnixTimeMilliseconds()]),
        cancellationToken);

    /// <summary>Forgets the events.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken) =>
        store.DoAsync(redis => redis.KeyDeleteAsync([store.Keys.Events(id), store.Keys.Directions(id)]), cancellationToken);

    private static WatchStoryResponse[] Parse(RedisValue[] values) => [.. values.Select(value => WatchStoryResponse.Parser.ParseFrom((byte[])value!))];

    private static async Task<bool> AppendAsync(IDatabase redis, RedisKey[] keys, long number, byte[] bytes, TimeSpan retention) =>
        (int)await redis.ScriptEvaluateAsync(AppendScript, keys, [number, (long)retention.TotalMilliseconds, bytes]) == 1;
}
