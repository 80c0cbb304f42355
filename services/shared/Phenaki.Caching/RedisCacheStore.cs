using System.Net.Security;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using StackExchange.Redis;

namespace Phenaki.Caching;

/// <summary>
/// Values in Redis, or in anything that speaks its protocol. The connection is made in the background at the first use; every
/// operation has a time-out and a circuit breaker around it, and what fails is a miss.
/// </summary>
/// <remarks>
/// Keys: {prefix}v1:{64 hexadecimal digits} is a value (string with time to live), {prefix}v1:lease:{the same digits} the name of the
/// replica that computes it (string set only where absent, with time to live). No command names two keys, so a cluster may keep them apart.
/// </remarks>
public sealed class RedisCacheStore : ICacheStore, IAsyncDisposable
{
    private readonly CacheOptions options;
    private readonly CacheStatistics statistics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Func<SslClientAuthenticationOptions>? tls;
    private readonly ResiliencePipeline pipeline;
    private readonly Lock gate = new();
    private Task<ConnectionMultiplexer>? connecting;
    private bool disposed;

    /// <summary>Prepares a store; nothing is connected yet.</summary>
    /// <param name="options">Validated settings, with an address.</param>
    /// <param name="statistics">Counts what fails.</param>
    /// <param name="time">Clock of time-outs and circuit breaker.</param>
    /// <param name="logger">Told when the circuit opens and closes.</param>
    /// <param name="tls">How each connection speaks TLS where the address says ssl=true; null for the system's authorities and no certificate.</param>
    public RedisCacheStore(
        CacheOptions options,
        CacheStatistics statistics,
        TimeProvider time,
        ILogger<RedisCacheStore> logger,
        Func<SslClientAuthenticationOptions>? tls = null)
    {
        this.tls = tls;
        this.options = options;
        this.statistics = statistics;
        this.time = time;
        this.logger = logger;
        pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = options.BreakAfter,
                SamplingDuration = options.BreakWindow,
                BreakDuration = options.BreakDuration,

                // An error that the server answers with says that it is there: a full server still serves reads.
                ShouldHandle = static outcome => ValueTask.FromResult(
                    outcome.Outcome.Exception is not (null or OperationCanceledException or RedisServerException)),
                OnOpened = opened =>
                {
                    logger.CircuitOpened(opened.BreakDuration);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    logger.CircuitClosed();
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.OperationTimeout })
            .Build();
    }

    /// <summary>True while there is a connection.</summary>
    public bool IsConnected
    {
        get
        {
            lock (gate)
            {
                return connecting is { IsCompletedSuccessfully: true } done && done.GetAwaiter().GetResult().IsConnected;
            }
        }
    }

    /// <summary>Begins to connect, so that the first story need not wait for it; failing is not an error.</summary>
    public void StartConnecting() => _ = Connection();

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(CacheKey key, CancellationToken cancellationToken)
    {
        RedisValue value = await TryAsync(
            "get", (database, name) => database.StringGetAsync(name), ValueName(key), RedisValue.Null, cancellationToken)
            .ConfigureAwait(false);
        if (value.IsNull)
        {
            return null;
        }

        if (value.Length() > options.MaxValueBytes)
        {
            statistics.Failure("get", CacheFailure.TooLarge);
            return null;
        }

        return value;
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(CacheKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (value.Length > options.MaxValueBytes)
        {
            statistics.Failure("set", CacheFailure.TooLarge);
            return;
        }

        await TryAsync(
            "set",
            (database, name) => database.StringSetAsync(name, value, options.TimeToLive),
            ValueName(key),
            false,
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<LeaseOutcome> TryLeaseAsync(CacheKey key, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        bool? taken = await TryAsync(
            "lease",
            async (database, name) => (bool?)await database.LockTakeAsync(name, owner, duration).ConfigureAwait(false),
            LeaseName(key),
            null,
            cancellationToken).ConfigureAwait(false);
        return taken switch
        {
            null => LeaseOutcome.Unavailable,
            true => LeaseOutcome.Taken,
            false => LeaseOutcome.HeldElsewhere,
        };
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseLeaseAsync(CacheKey key, string owner, CancellationToken cancellationToken) =>
        await TryAsync(
            "release", (database, name) => database.LockReleaseAsync(name, owner), LeaseName(key), false, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ConnectionMultiplexer>? last;
        lock (gate)
        {
            disposed = true;
            last = connecting;
        }

        if (last is not null)
        {
            try
            {
                await using var connection = (await last.ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (RedisException)
            {
                // Never connected: nothing to close.
            }
        }
    }

    private RedisKey ValueName(CacheKey key) => $"{options.KeyPrefix}v1:{key}";

    private RedisKey LeaseName(CacheKey key) => $"{options.KeyPrefix}v1:lease:{key}";

    private Task<ConnectionMultiplexer> Connection()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (connecting is null or { IsFaulted: true } or { IsCanceled: true })
            {
                var configuration = ConfigurationOptions.Parse(options.Redis);
                configuration.AbortOnConnectFail = false;
                configuration.ConnectTimeout = (int)options.ConnectTimeout.TotalMilliseconds;
                configuration.ClientName ??= "phenaki";

                // A miss now is better than a hit later: nothing queues up for a server that is away.
                configuration.BacklogPolicy = BacklogPolicy.FailFast;
                configuration.ReconnectRetryPolicy = new LinearRetry(1000);
                if (tls is not null)
                {
                    configuration.SslClientAuthenticationOptions = host =>
                    {
                        var authentication = tls();
                        authentication.TargetHost = host;
                        return authentication;
                    };
                }

                connecting = ConnectionMultiplexer.ConnectAsync(configuration);
            }

            return connecting;
        }
    }

    private async ValueTask<T> TryAsync<T>(
        string operation, Func<IDatabase, RedisKey, Task<T>> ask, RedisKey name, T otherwise, CancellationToken cancellationToken)
    {
        try
        {
            ConnectionMultiplexer connection =
                await Connection().WaitAsync(options.ConnectTimeout, time, cancellationToken).ConfigureAwait(false);
            return await pipeline.ExecuteAsync(
                async token => await ask(connection.GetDatabase(), name).WaitAsync(token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CacheFailure failure = error switch
            {
                BrokenCircuitException => CacheFailure.CircuitOpen,
                TimeoutRejectedException or TimeoutException => CacheFailure.TimedOut,
                RedisServerException => CacheFailure.ServerError,
                RedisConnectionException => CacheFailure.NotConnected,
                _ => CacheFailure.Unexpected,
            };
            statistics.Failure(operation, failure);
            logger.OperationFailed(error, operation, failure);
            return otherwise;
        }
    }
}
