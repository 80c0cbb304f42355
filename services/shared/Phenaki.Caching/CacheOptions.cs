using System.ComponentModel.DataAnnotations;
using StackExchange.Redis;

namespace Phenaki.Caching;

/// <summary>Settings of the cache.</summary>
public sealed class CacheOptions : IValidatableObject
{
    /// <summary>
    /// Address of Redis in the form of StackExchange.Redis; default empty: no cache. One server "redis:6379,password=...", a cluster
    /// "a:6379,b:6379,c:6379", what sentinels watch "a:26379,b:26379,serviceName=mymaster", each with ",ssl=true" for TLS.
    /// </summary>
    public string Redis { get; set; } = "";

    /// <summary>Start of every key in Redis; default "phenaki:"; 1 to 64 characters.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string KeyPrefix { get; set; } = "phenaki:";

    /// <summary>How long a value is kept; default 7 days; 1 second to 365 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Longest wait for the first connection; default 2 s; 10 ms to 1 min. It is waited for once: later operations fail at once while
    /// there is no connection.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longest wait for one operation, after which it is a miss; default 1 s, as a model that fills every core delays answers too; 10 ms
    /// to 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest stored value in bytes; default 16 MiB; 1 KiB to 512 MiB, the most that Redis takes.</summary>
    [Range(1024, 512 * 1024 * 1024)]
    public int MaxValueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Operations within <see cref="BreakWindow"/> before the circuit can open; default 4; 2 to 1,000.</summary>
    [Range(2, 1000)]
    public int BreakAfter { get; set; } = 4;

    /// <summary>Span over which failures are counted; half of the operations failing opens the circuit; default 10 s; 0.5 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan BreakWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the circuit stays open before one operation is tried; default 5 s; 0.5 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one replica's announcement holds the others back, and how long they wait at most; default 30 s; 0.1 s to 1 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a waiting replica looks for the value; default 0.1 s; 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan LeasePollInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>True where <see cref="Redis"/> can be read and asks for TLS.</summary>
    public bool UsesTls
    {
        get
        {
            try
            {
                return Redis.Length > 0 && ConfigurationOptions.Parse(Redis).Ssl;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ValidationResult? result = null;
        if (Redis.Length > 0)
        {
            try
            {
                if (ConfigurationOptions.Parse(Redis).EndPoints.Count == 0)
                {
                    result = new ValidationResult("Redis names no host; allowed is \"host:port\" with options.", [nameof(Redis)]);
                }
            }
            catch (ArgumentException error)
            {
                // The address itself may hold a password, so the message leaves it out.
                result = new ValidationResult($"Redis is no address that can be read: {error.Message}", [nameof(Redis)]);
            }
        }

        return result is null ? [] : [result];
    }
}
