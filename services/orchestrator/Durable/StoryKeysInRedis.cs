using StackExchange.Redis;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// The keys of stories in Redis, all below <c>{cluster}:story:</c>. What belongs to one story has its id in braces and so lies in one slot of a
/// cluster; likewise what belongs to one owner.
/// </summary>
/// <param name="clusterId">Name of the deployment.</param>
internal sealed class StoryKeysInRedis(string clusterId)
{
    /// <summary>Hash: the record, as Orleans writes it.</summary>
    public RedisKey Record(string id) => $"{clusterId}:story:{{{id}}}:record";

    /// <summary>List: the opening frames, and behind them the events by their number.</summary>
    public RedisKey Events(string id) => $"{clusterId}:story:{{{id}}}:events";

    /// <summary>List: of the same events those with a command, so that who takes up a story need not read all its frames.</summary>
    public RedisKey Directions(string id) => $"{clusterId}:story:{{{id}}}:directions";

    /// <summary>Sorted set, all scores 0: the stories of an owner by the time of their creation.</summary>
    public RedisKey Index(string owner) => $"{clusterId}:story:index:{{owner-{owner}}}";

    /// <summary>Hash: the states of the same stories, for filters.</summary>
    public RedisKey States(string owner) => $"{clusterId}:story:states:{{owner-{owner}}}";

    /// <summary>Hash: who has a place, as Orleans writes it.</summary>
    public RedisKey Gate() => $"{clusterId}:story:gate";
}
