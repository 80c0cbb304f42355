using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.ServiceDefaults.Draining;

/// <summary>
/// The way out of a process: health says NOT_SERVING at once; new calls are taken for a little while longer, refused after that; calls in flight
/// finish, and those that do not within the grace are ended, so that their clients hear that another replica can go on.
/// </summary>
internal sealed class Drain : IHealthCheck, IDisposable
{
    /// <summary>Name of the health check.</summary>
    public const string Name = "drain";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _expired = new();
    private readonly IHostApplicationLifetime _lifetime;
    private readonly DrainOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _stopping;
    private readonly Lock _gate = new();
    private ITimer? _delay;
    private ITimer? _grace;
    private volatile bool _hasBegun;

    /// <summary>Watches for the stop of the host.</summary>
    public Drain(IHostApplicationLifetime lifetime, DrainOptions options, TimeProvider time)
    {
        _lifetime = lifetime;
        _options = options;
        _time = time;
        _stopping = lifetime.ApplicationStopping.Register(Stopping);
    }

    /// <summary>True from the moment at which the process was asked to leave.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>True once new calls are refused: when the time for balancers to notice is over.</summary>
    public bool Refuses => _lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Cancelled when calls in flight have had their grace.</summary>
    public CancellationToken Expired => _expired.Token;

    /// <summary>The process was asked to leave; asked a second time it does not wait for balancers any more.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            var again = _hasBegun;
            _hasBegun = true;
            if (_options.Delay > TimeSpan.Zero && !again)
            {
                _delay = _time.CreateTimer(_ => _lifetime.StopApplication(), null, _options.Delay, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        _lifetime.StopApplication();
    }

    /// <summary>Makes a call, unless the process stops; a call that is in flight then is ended when its grace is over.</summary>
    /// <param name="call">The call, with what ends it.</param>
    /// <param name="left">Cancelled when the client has left.</param>
    /// <exception cref="RpcException">UNAVAILABLE with RetryInfo: another replica can take the call.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken left)
    {
        if (Refuses)
        {
            throw RpcErrors.Unavailable("The service is shutting down; another replica can take the call.", RetryAfter);
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(left, Expired);
        try
        {
            return await call(ends.Token);
        }
        catch (Exception failure) when (
            Expired.IsCancellationRequested && !left.IsCancellationRequested && failure is not RpcException { StatusCode: not StatusCode.Cancelled })
        {
            throw RpcErrors.Unavailable("The service is shutting down and could not finish the call in time; another replica can take it.", RetryAfter);
        }
    }

    /// <summary>Unhealthy from the moment at which the process was asked to leave.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HasBegun ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        lock (_gate)
        {
            _delay?.Dispose();
            _grace?.Dispose();
        }

        _expired.Dispose();
    }

    private void Stopping()
    {
        lock (_gate)
        {
            _hasBegun = true;
            _grace = _time.CreateTimer(_ => _expired.Cancel(), null, _options.Grace, Timeout.InfiniteTimeSpan);
        }
    }
}
