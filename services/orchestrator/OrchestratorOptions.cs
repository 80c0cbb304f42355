using System.ComponentModel.DataAnnotations;
using Phenaki.Caching;

namespace Phenaki.Orchestrator;

/// <summary>Settings of the orchestrator: section <c>Orchestrator</c> of the configuration.</summary>
public sealed class OrchestratorOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Orchestrator";

    /// <summary>
    /// Address of the text-encoder service: <c>http://host:port</c>, <c>https://host:port</c>, several of these separated by commas, or
    /// <c>dns:///host:port</c> for a name that stands for several replicas. Of several replicas each call goes to the one with the fewest calls.
    /// Default: http://127.0.0.1:5101.
    /// </summary>
    public string TextEncoderAddress { get; set; } = "http://127.0.0.1:5101";

    /// <summary>Address of the video-tokenizer service, as <see cref="TextEncoderAddress"/>. Default: http://127.0.0.1:5102.</summary>
    public string VideoTokenizerAddress { get; set; } = "http://127.0.0.1:5102";

    /// <summary>Address of the masked-transformer service, as <see cref="TextEncoderAddress"/>. Default: http://127.0.0.1:5103.</summary>
    public string MaskedTransformerAddress { get; set; } = "http://127.0.0.1:5103";

    /// <summary>True to speak TLS to addresses with <c>dns:///</c>, which do not say it themselves. Default: false.</summary>
    public bool DnsUsesTls { get; set; }

    /// <summary>How often a <c>dns:///</c> name is resolved again: 1 second to 1 hour. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DnsRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Connection string of Redis, as StackExchange.Redis reads it; empty for no cache. Default: empty. One server <c>redis:6379</c>, a cluster
    /// <c>a:6379,b:6379,c:6379</c>, what sentinels watch <c>a:26379,b:26379,serviceName=mymaster</c>, each with <c>,ssl=true</c> for TLS and
    /// <c>,user=...,password=...</c>.
    /// </summary>
    public string Redis { get; set; } = "";

    /// <summary>PEM file with the authorities that a Redis with <c>ssl=true</c> is trusted by; empty for those of the system. Default: empty.</summary>
    public string RedisCaFile { get; set; } = "";

    /// <summary>PEM file with the certificate that is shown to a Redis which asks for one; empty for none. Default: empty.</summary>
    public string RedisCertificateFile { get; set; } = "";

    /// <summary>PEM file with the key of that certificate, not encrypted. Default: empty.</summary>
    public string RedisKeyFile { get; set; } = "";

    /// <summary>Time to live of what is cached: 1 minute to 365 days. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan CacheTimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long a replica waits for another that makes the same clip before it makes it itself, and how long one that died keeps others waiting:
    /// 100 milliseconds to 1 hour. Default: 10 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan CacheLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// K: last frames that are encoded again as the start of the next clip, of the form 1 + n * temporal patch, 1 to 1,000. Default: 5 (the
    /// paper's).
    /// </summary>
    [Range(1, 1_000)]
    public int PrefixFrames { get; set; } = 5;

    /// <summary>Most frames of a clip, prefix included; cut down to what the models take. 2 to 1,000. Default: 11 (the paper's).</summary>
    [Range(2, 1_000)]
    public int ClipFrames { get; set; } = 11;

    /// <summary>Frames of a scene that sets none: 1 to <see cref="MaxSceneFrames"/>. Default: 17.</summary>
    [Range(1, 10_000)]
    public int DefaultSceneFrames { get; set; } = 17;

    /// <summary>Most scenes of a story: 1 to 1,000. Default: 1,000.</summary>
    [Range(1, 1_000)]
    public int MaxScenes { get; set; } = 1_000;

    /// <summary>Most frames of a scene: 1 to 10,000. Default: 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxSceneFrames { get; set; } = 10_000;

    /// <summary>Stories made at the same time; one more is refused at once. 1 to 10,000. Default: 16.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentStories { get; set; } = 16;

    /// <summary>
    /// Frames of a story that are held for a client that reads slowly: 1 to 10,000. When they are reached the story waits, so that no more
    /// than the clip after them is made in vain. Default: 24.
    /// </summary>
    [Range(1, 10_000)]
    public int BufferedFrames { get; set; } = 24;

    /// <summary>Longest that one EncodePrompts call may take: 1 second to 1 day. Default: 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan EncodePromptsTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest that one SampleTokens call may take, its time in the queue included: 1 second to 1 day. Default: 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SampleTokensTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest that one EncodeVideo or DecodeVideo call may take: 1 second to 1 day. Default: 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TokenizerTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest that one GetModel call may take: 1 second to 1 minute. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan GetModelTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a call that broke off, or met a full queue, is made again for the same clip: 0 to 20. Default: 8, which with the default waits
    /// lets a service be away for a minute, as long as it takes to start one again and load its model.
    /// </summary>
    [Range(0, 20)]
    public int MaxResumptions { get; set; } = 8;

    /// <summary>Wait before the first resumption, doubled for each further one: 10 milliseconds to 1 minute. Default: 500 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ResumptionDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait before a resumption, a service's own wish included: 10 milliseconds to 10 minutes. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan MaxResumptionDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the models behind the services are asked for again once all are up: 1 second to 1 hour. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ModelRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often they are asked for until all are up: 100 milliseconds to 1 minute. Default: 250 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ModelRetryInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The part of the settings that is the cache's.</summary>
    internal CacheOptions ToCacheOptions() => new() { Redis = Redis, TimeToLive = CacheTimeToLive, LeaseDuration = CacheLease };
}
