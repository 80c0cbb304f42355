using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Options;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class ServiceProgramTests
{
    private static readonly ServiceDescription Service = new("probe", "Probe", typeof(ProbeOptions));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Run_PortZero_ServesHealthOverHttp2AndStopsWithZero()
    {
        WebApplication? app = null;
        var started = new TaskCompletionSource<string>();
        var run = RunAsync(["--listen", "http://127.0.0.1:0", "--max-queue=7"], mapped =>
        {
            app = mapped;
            mapped.Lifetime.ApplicationStarted.Register(() => started.SetResult(
                mapped.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
        });
        await Task.WhenAll(app!.Services.GetServices<IWarmup>().Select(w => w.Completion)).WaitAsync(Cancellation);
        using var channel = GrpcChannel.ForAddress(await started.Task.WaitAsync(Cancellation));
        var health = await new Health.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        Assert.Equal(7, app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ProbeOptions>>().Value.MaxQueue);

        app.Lifetime.StopApplication();
        Assert.Equal(ServiceProgram.Success, await run);
    }

    [Fact(Timeout = 60_000)]
    public async Task Health_WhileAModelLoads_IsAliveButServesNothing()
    {
        var loading = new TaskCompletionSource<object>();
        var started = new TaskCompletionSource<WebApplication>();
        var run = ServiceProgram.RunAsync(
            ["--listen", "http://127.0.0.1:0"],
            Service,
            builder => builder.Services.AddWarmup(ProbeService.Name, (_, cancellation) => loading.Task.WaitAsync(cancellation)),
            app => app.Lifetime.ApplicationStarted.Register(() => started.SetResult(app)),
            Cancellation);
        var app = await started.Task.WaitAsync(Cancellation);
        using var channel = GrpcChannel.ForAddress(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var client = new Health.HealthClient(channel);
        async Task<HealthCheckResponse.Types.ServingStatus> StatusAsync(string service) =>
            (await client.CheckAsync(new() { Service = service }, cancellationToken: Cancellation)).Status;

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await StatusAsync(ServiceDefaultsExtensions.LivenessName));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await StatusAsync(ProbeService.Name));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await StatusAsync(""));

        app.Lifetime.StopApplication();
        Assert.Equal(ServiceProgram.Success, await run);
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_PortInUse_EndsWithOne()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Assert.Equal(ServiceProgram.Failure, await RunAsync(["--listen", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Run_PortInUseWhileLoading_EndsAfterTheLoading()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var ended = false;
        var code = await ServiceProgram.RunAsync(
            ["--listen", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"],
            Service,
            builder => builder.Services.AddWarmup<object>(ProbeService.Name, async (_, cancellation) =>
            {
                // A native library looks at no token: what it has begun it ends.
                var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var registration = cancellation.Register(asked.SetResult);
                await asked.Task;
                ended = true;
                throw new OperationCanceledException(cancellation);
            }),
            _ => { },
            Cancellation);
        Assert.Equal(ServiceProgram.Failure, code);
        Assert.True(ended);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--max-queue", "0")]
    [InlineData("--max-queue", "many")]
    [InlineData("--max-queu", "3")]
    [InlineData("--max-queue")]
    [InlineData("stray")]
    [InlineData("--Probe:NoSuchSetting", "1")]
    [InlineData("--listen", "here")]
    [InlineData("--drain-seconds", "-1")]
    public async Task Run_BadOption_EndsWithTwo(params string[] args) => Assert.Equal(ServiceProgram.Usage, await RunAsync([.. args]));

    [Fact(Timeout = 60_000)]
    public async Task Run_FailedWarmup_EndsWithOne() => Assert.Equal(ServiceProgram.Failure, await ServiceProgram.RunAsync(
        ["--listen", "http://127.0.0.1:0"],
        Service,
        builder => builder.Services.AddWarmup<object>(ProbeService.Name, (_, _) => throw new InvalidDataException("model.safetensors is truncated.")),
        _ => { },
        Cancellation));

    [Fact(Timeout = 60_000)]
    public async Task Run_Help_EndsWithZero() => Assert.Equal(ServiceProgram.Success, await RunAsync(["--help"]));

    [Fact]
    public void Help_Options_ListsDefaultsRangesAndEnvironment()
    {
        var help = ServiceCommandLine.Help(Service);
        Assert.Contains("--max-queue", help, StringComparison.Ordinal);
        Assert.Contains("PHENAKI_Probe__MaxQueue; default 16, 1 to 64", help, StringComparison.Ordinal);
    }

    private static Task<int> RunAsync(string[] args, Action<WebApplication>? map = null) => ServiceProgram.RunAsync(
        args,
        Service,
        builder =>
        {
            builder.Services.AddServiceOptions<ProbeOptions>(builder.Configuration.GetSection("Probe"));
            builder.Services.AddWarmup(ProbeService.Name, (_, _) => Task.FromResult(new object()));
        },
        map ?? (_ => { }),
        Cancellation);

    public sealed class ProbeOptions
    {
        [Range(1, 64)]
        public int MaxQueue { get; set; } = 16;
    }
}
