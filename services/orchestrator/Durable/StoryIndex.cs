using System.Globalization;
using Phenaki.Story.V1;
using StackExchange.Redis;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// Which stories an owner has, by the time of their creation. The states are a hint that lets a filter pass over thousands of stories; the record
/// has the truth. Entries of stories that have expired are dropped where they are met.
/// </summary>
internal sealed class StoryIndex(StoryStore store)
{
    private const int BatchSize = 500;

    /// <summary>Enters a story, or its new state.</summary>
    /// <param name="story">The story.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="retention">How long the index outlives its last entry at least.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task PutAsync(StoryEntry story, StoryState state, TimeSpan retention, CancellationToken cancellationToken) => store.DoAsync(
        async redis =>
        {
            var (index, states) = Keys(story.Owner);
            await Task.WhenAll(
                redis.SortedSetAddAsync(index, story.Member, 0),
                redis.HashSetAsync(states, story.Id, (int)state),

                // Longer than any of its stories may live on.
                redis.KeyExpireAsync(index, retention + retention),
                redis.KeyExpireAsync(states, retention + retention));
            return true;
        },
        cancellationToken);

    /// <summary>Drops a story.</summary>
    public Task RemoveAsync(StoryEntry story, CancellationToken cancellationToken) => store.DoAsync(
        async redis =>
        {
            var (index, states) = Keys(story.Owner);
            await Task.WhenAll(redis.SortedSetRemoveAsync(index, story.Member), redis.HashDeleteAsync(states, story.Id));
            return true;
        },
        cancellationToken);

    /// <summary>The next stories, newest or oldest first.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="after">The entry before the first; null to begin with the newest, or oldest.</param>
    /// <param name="count">Most stories, at least 1.</param>
    /// <param name="states">Those in these states alone, as far as is known here; none for all.</param>
    /// <param name="order">Descending for the newest first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The stories, and the last entry that was looked at; null when there are no more.</returns>
    public async Task<(IReadOnlyList<StoryEntry> Found, StoryEntry? Last)> ReadAsync(
        string owner, StoryEntry? after, int count, IReadOnlySet<StoryState> states, Order order, CancellationToken cancellationToken)
    {
        List<StoryEntry> found = [];
        var last = after;
        while (true)
        {
            var entries = await NextAsync(owner, last, order, cancellationToken);
            var known = states.Count == 0 || entries.Length == 0 ? [] : await StatesAsync(owner, entries, cancellationToken);
            for (var i = 0; i < entries.Length; i++)
            {
                last = entries[i];
                if (states.Count == 0 || known[i] is not { } state || states.Contains(state))
                {
                    found.Add(entries[i]);
                    if (found.Count == count)
                    {
                        return (found, last);
                    }
                }
            }

            if (entries.Length < BatchSize)
            {
                return (found, null);
            }
        }
    }

    private async Task<StoryEntry[]> NextAsync(string owner, StoryEntry? after, Order order, CancellationToken cancellationToken)
    {
        var (index, _) = Keys(owner);
        RedisValue known = after?.Member ?? default(RedisValue);
        var (from, to, exclude) = order == Order.Descending ? (default, known, Exclude.Stop) : (known, default(RedisValue), Exclude.Start);
        var members = await store.DoAsync(
            redis => redis.SortedSetRangeByValueAsync(
                index, min: from, max: to, exclude, order, 0, BatchSize),
            cancellationToken);
        return [.. members.Select(member => StoryEntry.Parse(owner, member!))];
    }

    private async Task<StoryState?[]> StatesAsync(string owner, StoryEntry[] entries, CancellationToken cancellationToken)
    {
        var (_, states) = Keys(owner);
        var values = await store.DoAsync(redis => redis.HashGetAsync(states, [.. entries.Select(entry => (RedisValue)entry.Id)]), cancellationToken);
        return [.. values.Select(value => value.IsNull ? null : (StoryState?)int.Parse((string)value!, CultureInfo.InvariantCulture))];
    }

    private (RedisKey Index, RedisKey States) Keys(string owner) => (store.Keys.Index(owner), store.Keys.States(owner));
}
