using System.Net.Security;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Security;
using Polly;
using Polly.Retry;
using StackExchange.Redis;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// The Redis that keeps the stories. Unlike the cache it is waited for: what it cannot take now it gets when it is back, for some minutes.
/// </summary>
internal sealed class StoryStore : IAsyncDisposable
{
    private const int Tries = 120;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly ClientTls? _tls;
    private readonly Lock _gate = new();
    private readonly ResiliencePipeline _patience;
    private Task<ConnectionMultiplexer>? _connecting;

    /// <summary>Prepares a store; nothing is connected yet.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="orchestrator">Has the address where those do not.</param>
    /// <param name="tls">How Redis is spoken to where its address says ssl=true.</param>
    /// <param name="time">The clock.</param>
    public StoryStore(IOptions<DurableStoryOptions> options, IOptions<OrchestratorOptions> orchestrator, Lazy<ClientTls> tls, TimeProvider time)
    {
        Address = options.Value.Redis.Length > 0 ? options.Value.Redis : orchestrator.Value.Redis;
        Keys = new(options.Value.ClusterId);
        _tls = Address.Length > 0 && ConfigurationOptions.Parse(Address).Ssl ? tls.Value : null;
        _patience = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Tries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstWait,
                MaxDelay = LongestWait,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } failure && IsAway(failure)),
            })
            .Build();
    }

    /// <summary>Address; empty where there is no store.</summary>
    public string Address { get; }

    /// <summary>Names of what is kept.</summary>
    public StoryKeysInRedis Keys { get; }

    /// <summary>True for failures of the connection or of the server as a whole, which pass.</summary>
    public static bool IsAway(Exception failure) =>
        failure is RedisConnectionException or RedisTimeoutException or TimeoutException
        || (failure is RedisServerException refusal && (refusal.Message.StartsWith("LOADING", StringComparison.Ordinal) || refusal.Message.StartsWith("READONLY", StringComparison.Ordinal)));

    /// <summary>How to connect.</summary>
    public ConfigurationOptions Configuration()
    {
        var configuration = ConfigurationOptions.Parse(Address);
        configuration.AbortOnConnectFail = false;
        configuration.ClientName ??= "phenaki-stories";
        configuration.ReconnectRetryPolicy = new LinearRetry(500);
        if (_tls is not null)
        {
            configuration.SslClientAuthenticationOptions = host =>
            {
                SslClientAuthenticationOptions authentication = _tls.Options();
                authentication.TargetHost = host;
                return authentication;
            };
        }

        return configuration;
    }

    /// <summary>Does something in Redis, and again while it is away. It must be such that doing it twice is doing it once.</summary>
    public async Task<T> DoAsync<T>(Func<IDatabase, Task<T>> work, CancellationToken cancellationToken) =>
        await _patience.ExecuteAsync(
            async token =>
            {
                var connection = await Connection().WaitAsync(token);
                return await work(connection.GetDatabase()).WaitAsync(token);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ConnectionMultiplexer>? last;
        lock (_gate)
        {
            last = _connecting;
        }

        if (last is { IsCompletedSuccessfully: true })
        {
            await (await last).DisposeAsync();
        }
    }

    private Task<ConnectionMultiplexer> Connection()
    {
        lock (_gate)
        {
            if (_connecting is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _connecting = ConnectionMultiplexer.ConnectAsync(Configuration());
            }

            return _connecting;
        }
    }
}
