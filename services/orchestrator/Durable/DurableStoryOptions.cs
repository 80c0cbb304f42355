using System.ComponentModel.DataAnnotations;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Settings of the stories that outlive their clients: section <c>Stories</c> of the configuration.</summary>
public sealed class DurableStoryOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Stories";

    /// <summary>False where there are no such stories, whatever store there is; nothing is started for them then. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Connection string of the Redis that keeps the stories, as StackExchange.Redis reads it; empty for <c>Orchestrator:Redis</c>. It must have Lua,
    /// must not evict (<c>maxmemory-policy noeviction</c>), and keeps stories no longer than its own files. Default: empty.
    /// </summary>
    public string Redis { get; set; } = "";

    /// <summary>
    /// Name of the deployment, 1 to 64 of a-z, 0-9 and -: orchestrators with the same name and Redis share their stories. Default: phenaki.
    /// </summary>
    [RegularExpression("^[a-z0-9-]{1,64}$", ErrorMessage = "allowed are 1 to 64 of a-z, 0-9 and -")]
    public string ClusterId { get; set; } = "phenaki";

    /// <summary>True where this process has the store to itself: no other is looked for, and none can declare it dead. Default: false.</summary>
    public bool Alone { get; set; }

    /// <summary>Port that the orchestrators speak to each other on: 1 to 65,535, or 0 for any free one. Default: 0.</summary>
    [Range(0, 65_535)]
    public int SiloPort { get; set; }

    /// <summary>IP address at which the others reach it on that port; empty for the machine's first. Default: empty.</summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>How long a story is kept after its last event: 1 second to 365 days. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Stories made at the same time by all orchestrators together: 1 to 10,000. Default: 16.</summary>
    [Range(1, 10_000)]
    public int MaxRunning { get; set; } = 16;

    /// <summary>Of these, those of one API key: 1 to 10,000; the key's own limit, where it has one, counts too. Default: 16.</summary>
    [Range(1, 10_000)]
    public int MaxRunningPerKey { get; set; } = 16;

    /// <summary>Stories that wait to be made; one more is refused. 1 to 100,000. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxWaiting { get; set; } = 1_000;

    /// <summary>Of these, those of one API key: 1 to 100,000. Default: 200.</summary>
    [Range(1, 100_000)]
    public int MaxWaitingPerKey { get; set; } = 200;

    /// <summary>
    /// How long a directed story waits for a command, where its scenes have run out or it pauses, before it ends; it has its place meanwhile. 1 second to
    /// 1 day. Default: 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxDirectionWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Commands that a directed story takes: 1 to 10,000. Default: 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxCommands { get; set; } = 1_000;

    /// <summary>How long a story goes on asking for services that are away or full before it fails: 0 to 30 days. Default: 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromHours(1);

    /// <summary>After how long a story whose process is gone is woken at the latest, where nobody asks for it: 1 second to 1 hour. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReminderPeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how long the place of a story that is not heard of is given to another: 1 second to 1 hour. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PlaceTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an orchestrator waits for the answer of another to "are you there": 100 milliseconds to 1 minute. Default: 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Answers that have to fail to come, one after the other, for it to be taken for dead: 1 to 100. Default: 2.</summary>
    [Range(1, 100)]
    public int MissedProbes { get; set; } = 2;

    /// <summary>How often an orchestrator says in Redis that it is there, and reads who else is: 1 second to 10 minutes. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MembershipPeriod { get; set; } = TimeSpan.FromSeconds(5);
}
