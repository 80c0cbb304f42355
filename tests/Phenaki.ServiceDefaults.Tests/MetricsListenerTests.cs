using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.ServiceDefaults.Telemetry;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>The Prometheus endpoint of a service that answers in memory: the endpoint itself is a real port.</summary>
public sealed class MetricsListenerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Scrape_AfterACall_HasItsStatusAndTheGpus()
    {
        await using var host = await StartAsync("0");
        await new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation);
        using var http = new HttpClient();

        var text = await http.GetStringAsync(new Uri(Address(host)), Cancellation);

        Assert.Contains("# TYPE rpc_server_call_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Contains("rpc_grpc_status_code=\"0\"", text, StringComparison.Ordinal);
        Assert.Contains("le=\"0.025\"", text, StringComparison.Ordinal);
        Assert.Contains("phenaki_refusals_total{component=\"text-encoder\",reason=\"queue_full\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("phenaki_internal_errors_total{component=\"text-encoder\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("phenaki_gpu_memory_used_bytes{gpu=\"1\"} 3", text, StringComparison.Ordinal);
        Assert.Contains("phenaki_gpu_memory_limit_bytes{gpu=\"1\"} 4", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_process_memory_working_set_bytes", text, StringComparison.Ordinal);
        Assert.DoesNotContain("otel_scope_name", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_AnotherPathOrTheServicesPort_FindsNothing()
    {
        await using var host = await StartAsync("0");
        using var http = new HttpClient();
        var metrics = new Uri(Address(host));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(metrics, "/"), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(new Uri(metrics, $"/{ProbeService.Name}/GetModel"), null, Cancellation)).StatusCode);
        using var main = new HttpClient(host.Handler());
        Assert.Equal(HttpStatusCode.NotFound, (await main.GetAsync(new Uri("http://localhost/metrics"), Cancellation)).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_PortTaken_WarnsAndServes()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var host = await StartAsync($"{((IPEndPoint)taken.LocalEndpoint).Port}");
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Id.Id == 1202 && record.Message.Contains("There are no metrics", StringComparison.Ordinal));
        await new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_WithoutGpus_ShowsNone()
    {
        await using var host = await StartAsync("0", new Gpus([]));
        using var http = new HttpClient();
        Assert.DoesNotContain("phenaki_gpu", await http.GetStringAsync(new Uri(Address(host)), Cancellation), StringComparison.Ordinal);
    }

    private static string Address(ServiceHost host) => host.Logs.GetSnapshot().Single(record => record.Id.Id == 1201).GetStructuredStateValue("Address")!;

    private static Task<ServiceHost> StartAsync(string port, IGpuDevices? gpus = null) => ServiceHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(new ProbeService.Behaviour());
            builder.Services.AddSingleton(gpus ?? new Gpus([new(1, 3, 4)]));
        },
        app => app.MapGrpcService<ProbeService>(),
        new Dictionary<string, string?> { [TelemetrySettings.MetricsPortKey] = port },
        Cancellation);

    private sealed class Gpus(IReadOnlyList<GpuMemory> memory) : IGpuDevices
    {
        public IReadOnlyList<GpuMemory> Read() => memory;

        public void Dispose()
        {
        }
    }
}
