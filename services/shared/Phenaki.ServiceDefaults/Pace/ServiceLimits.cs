using System.ComponentModel.DataAnnotations;

namespace Phenaki.ServiceDefaults.Pace;

/// <summary>What one client may take up: section <c>Limits</c> of the configuration. Sizes of messages, prompts and frames are fixed in the contracts.</summary>
public sealed class ServiceLimits
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Limits";

    /// <summary>Connections at the same time; one more is closed at once; default 1,000; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 1_000;

    /// <summary>Calls at the same time on one connection; clients hold back more; default 100; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxStreamsPerConnection { get; set; } = 100;

    /// <summary>
    /// Longest wait for the next message of a client that streams, after which its call ends with DEADLINE_EXCEEDED; who directs a story may rest
    /// after the first. Default 2 minutes; 100 milliseconds to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Longest wait for a client that does not read what is sent to it, after which its call is reset; default 5 minutes; 100 milliseconds to
    /// 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan SlowReaderTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
