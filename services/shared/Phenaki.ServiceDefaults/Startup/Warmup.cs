using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.ServiceDefaults.Startup;

/// <summary>
/// Makes what a service answers with, such as an engine with its model, in the background: the port is open and health says NOT_SERVING
/// meanwhile. Owns what it made and disposes it when the host stops, after the last call, or with the host where that never came to start.
/// </summary>
/// <typeparam name="T">What is made; disposed when it is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</typeparam>
public sealed class Warmup<T> : IWarmup, IHostedService, IHealthCheck, IAsyncDisposable
    where T : class
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource<T> _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<CancellationToken, Task<T>> _make;
    private readonly StartupFailure _failure;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<Warmup<T>> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _making = Task.CompletedTask;
    private volatile T? _value;
    private bool _isDisposed;

    internal Warmup(string serviceName, Func<CancellationToken, Task<T>> make, StartupFailure failure, IHostApplicationLifetime lifetime, ILogger<Warmup<T>> logger)
    {
        ServiceName = serviceName;
        _make = make;
        _failure = failure;
        _lifetime = lifetime;
        _logger = logger;
    }

    /// <inheritdoc/>
    public string ServiceName { get; }

    /// <inheritdoc/>
    public Task Completion => _made.Task;

    /// <summary>What was made.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE with RetryInfo while it is being made.</exception>
    public T Value => _value ?? throw RpcErrors.Unavailable($"{ServiceName} is still starting.", RetryAfter);

    /// <summary>Starts the making and returns at once.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _making = Task.Run(MakeAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Breaks off the making, or disposes what was made.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _making;
        var value = Interlocked.Exchange(ref _value, null);
        switch (value)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    /// <summary>Healthy from the end of the making to the begin of draining.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_value is not null && !_lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy());

    /// <summary>
    /// Ends what <see cref="StopAsync"/> did not: a host that fails to start (its port is in use) stops none of its parts, and a process that
    /// ends beneath a native library at work may crash.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await StopAsync(CancellationToken.None);
            _stopping.Dispose();
        }
    }

    private async Task MakeAsync()
    {
        try
        {
            var value = await _make(_stopping.Token);
            _value = value;
            StartupLog.Ready(_logger, ServiceName);
            _made.TrySetResult(value);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _made.TrySetCanceled(_stopping.Token);
        }
        catch (Exception exception)
        {
            var message = MessageFor(exception);
            StartupLog.Failed(_logger, ServiceName, message);
            StartupLog.FailedDetails(_logger, exception, ServiceName);
            _made.TrySetException(new StartupException(message, exception));
            _failure.Report(message);
        }
    }

    /// <summary>What helps a person: not that a type failed to initialise but why, and not the name of a parameter.</summary>
    private static string MessageFor(Exception exception)
    {
        var cause = exception is TypeInitializationException ? exception.GetBaseException() : exception;
        return cause is ArgumentException { ParamName: { } parameter }
            ? cause.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal)
            : cause.Message;
    }
}
