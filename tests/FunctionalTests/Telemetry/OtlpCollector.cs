using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.FunctionalTests.Telemetry.Otlp.Logs;
using Phenaki.FunctionalTests.Telemetry.Otlp.Metrics;
using Phenaki.FunctionalTests.Telemetry.Otlp.Trace;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>An OpenTelemetry collector that keeps what it gets.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Received _received;

    private OtlpCollector(WebApplication app)
    {
        _app = app;
        _received = app.Services.GetRequiredService<Received>();
    }

    /// <summary>Variables that make a process send everything here, soon.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    public IReadOnlyCollection<ReceivedSpan> Spans => _received.Spans;

    /// <summary>Names of metrics, as in "text-encoder: phenaki.queue.depth".</summary>
    public ICollection<string> Metrics => _received.Metrics.Keys;

    /// <summary>Lines of logs, as in "text-encoder: phenaki.text_encoder.v1.TextEncoderService is ready."</summary>
    public ICollection<string> Logs => _received.Logs.Keys;

    public static async Task<OtlpCollector> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<Received>().AddRouting().AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<Traces>();
        app.MapGrpcService<Meters>();
        app.MapGrpcService<Lines>();
        await app.StartAsync(cancellationToken);
        return new(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private sealed class Received
    {
        public ConcurrentQueue<ReceivedSpan> Spans { get; } = [];

        public ConcurrentDictionary<string, bool> Metrics { get; } = [];

        public ConcurrentDictionary<string, bool> Logs { get; } = [];
    }

    private sealed class Traces(Received received) : TraceService.TraceServiceBase
    {
        public override Task<Otlp.Trace.ExportResponse> Export(Otlp.Trace.ExportRequest request, ServerCallContext context)
        {
            foreach (var resource in request.ResourceSpans)
            {
                var service = resource.Resource.Attributes.Single(one => one.Key == "service.name").Value.StringValue;
                foreach (var scope in resource.ScopeSpans)
                {
                    foreach (var span in scope.Spans)
                    {
                        received.Spans.Enqueue(new(service, scope.Scope.Name, scope.Scope.Version, span));
                    }
                }
            }

            return Task.FromResult(new Otlp.Trace.ExportResponse());
        }
    }

    private sealed class Meters(Received received) : MetricsService.MetricsServiceBase
    {
        public override Task<Otlp.Metrics.ExportResponse> Export(Otlp.Metrics.ExportRequest request, ServerCallContext context)
        {
            foreach (var name in from resource in request.ResourceMetrics
                                 let service = resource.Resource.Attributes.Single(one => one.Key == "service.name").Value.StringValue
                                 from scope in resource.ScopeMetrics
                                 from metric in scope.Metrics
                                 select $"{service}: {metric.Name}")
            {
                received.Metrics[name] = true;
            }

            return Task.FromResult(new Otlp.Metrics.ExportResponse());
        }
    }

    private sealed class Lines(Received received) : LogsService.LogsServiceBase
    {
        public override Task<Otlp.Logs.ExportResponse> Export(Otlp.Logs.ExportRequest request, ServerCallContext context)
        {
            foreach (var line in from resource in request.ResourceLogs
                                 let service = resource.Resource.Attributes.Single(one => one.Key == "service.name").Value.StringValue
                                 from scope in resource.ScopeLogs
                                 from record in scope.LogRecords
                                 select $"{service}: {record.Body.StringValue}")
            {
                received.Logs[line] = true;
            }

            return Task.FromResult(new Otlp.Logs.ExportResponse());
        }
    }
}
