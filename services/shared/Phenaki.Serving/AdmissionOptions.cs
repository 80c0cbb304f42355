using System.ComponentModel.DataAnnotations;

namespace Phenaki.Serving;

/// <summary>How much a service takes on.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Requests that are waiting or being served at the same time; default 64; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Capacity { get; set; } = 64;

    /// <summary>Weight of the latest request in the estimate of the service time; default 0.2; 0.01 to 1.</summary>
    [Range(0.01, 1)]
    public double EstimateWeight { get; set; } = 0.2;

    /// <summary>Shortest time to retry after, and the one told while nothing is known; default 0.25 s; 1 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan MinRetryAfter { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time to retry after; default 30 s; 1 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time to retry after while the model loads or the service stops; default 2 s; 1 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan UnavailableRetryAfter { get; set; } = TimeSpan.FromSeconds(2);
}
