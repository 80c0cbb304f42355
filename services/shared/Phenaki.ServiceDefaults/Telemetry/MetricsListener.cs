using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>
/// Answers Prometheus on a port of its own, with HTTP/1.1: what is measured is not for the clients of the service, and whoever scrapes it needs
/// neither HTTP/2 nor a key. A port that is taken is told in the log and keeps no service from serving.
/// </summary>
internal sealed class MetricsListener(MeterProvider meters, TelemetrySettings settings, ILogger<MetricsListener> logger) : IHostedService, IAsyncDisposable
{
    private const string Path = "/metrics";
    private const int MaxConnections = 64;
    private const int MaxRequestBytes = 1024;
    private WebApplication? _app;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(settings.MetricsUrl!).ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MaxConnections;
            options.Limits.MaxRequestBodySize = MaxRequestBytes;
            options.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, predicate: null, Path, configureBranchedPipeline: null, optionsName: null);
        app.Run(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        try
        {
            await app.StartAsync(cancellationToken);
            _app = app;
            TelemetryLog.MetricsServed(logger, app.Urls.First() + Path);
        }
        catch (IOException failure)
        {
            await app.DisposeAsync();
            TelemetryLog.MetricsNotServed(logger, settings.MetricsUrl!, failure.Message);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
