using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Testing.Services;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class WarmupTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Health_WhileLoadingAndAfter_ChangesFromNotServingToServing()
    {
        var load = new TaskCompletionSource<Engine>();
        await using var host = await StartAsync(load.Task);
        foreach (var name in new[] { "", ProbeService.Name })
        {
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await CheckAsync(host, name));
        }

        var warmup = host.Services.GetRequiredService<Warmup<Engine>>();
        Assert.Equal(StatusCode.Unavailable, Assert.Throws<RpcException>(() => warmup.Value).StatusCode);

        using var engine = new Engine();
        load.SetResult(engine);
        await host.ReadyAsync(Cancellation);
        Assert.Same(engine, warmup.Value);
        foreach (var name in new[] { "", ProbeService.Name })
        {
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await CheckAsync(host, name));
        }

        host.Lifetime.StopApplication();
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await CheckAsync(host, ProbeService.Name));
    }

    [Fact(Timeout = 60_000)]
    public async Task Health_UnknownService_IsNotFound()
    {
        await using var host = await StartAsync(Task.FromResult(new Engine()));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => CheckAsync(host, "no.such.Service"))).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Watch_WhenTheServiceGetsReadyAndDrains_TellsBothAndEnds()
    {
        var load = new TaskCompletionSource<Engine>();
        await using var host = await StartAsync(load.Task);
        using var watch = new Health.HealthClient(host.Channel).Watch(new() { Service = ProbeService.Name }, cancellationToken: Cancellation);
        load.SetResult(new Engine());
        List<HealthCheckResponse.Types.ServingStatus> seen = [];
        try
        {
            while (await watch.ResponseStream.MoveNext(Cancellation))
            {
                seen.Add(watch.ResponseStream.Current.Status);
                if (seen[^1] == HealthCheckResponse.Types.ServingStatus.Serving)
                {
                    host.Lifetime.StopApplication();
                }
            }
        }
        catch (RpcException)
        {
            // The end of the stream may be told as a status; that it ends is what counts.
        }

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, seen[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Load_ThatFails_StopsTheHostWithTheMessage()
    {
        await using var host = await StartAsync(Task.FromException<Engine>(new InvalidDataException("config.json: layers is 0.")));
        await Assert.ThrowsAsync<StartupException>(() => host.ReadyAsync(Cancellation));
        Assert.Equal("config.json: layers is 0.", host.Services.GetRequiredService<StartupFailure>().Message);
        Assert.True(host.Lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_AfterLoading_DisposesWhatWasMade()
    {
        using var engine = new Engine();
        await using (var host = await StartAsync(Task.FromResult(engine)))
        {
            await host.ReadyAsync(Cancellation);
            Assert.False(engine.IsDisposed);
        }

        Assert.True(engine.IsDisposed);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_WhileLoading_BreaksTheLoadingOff()
    {
        var broken = new TaskCompletionSource();
        await using (await ServiceHost.StartAsync(
            builder => builder.Services.AddWarmup<Engine>(ProbeService.Name, async (_, cancellation) =>
            {
                using var registration = cancellation.Register(broken.SetResult);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                return new();
            }),
            _ => { },
            settings: null,
            Cancellation))
        {
        }

        await broken.Task.WaitAsync(Cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reflection_SwitchedOn_NamesTheService()
    {
        await using var host = await StartAsync(Task.FromResult(new Engine()), new() { ["Reflection"] = "true" });
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new() { ListServices = "" }, Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        var names = call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name).ToList();
        Assert.Contains(ProbeService.Name, names);
        Assert.Contains("grpc.health.v1.Health", names);
        await call.RequestStream.CompleteAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Reflection_NotSwitchedOn_IsNotThere()
    {
        await using var host = await StartAsync(Task.FromResult(new Engine()));
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo(cancellationToken: Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private static Task<ServiceHost> StartAsync(Task<Engine> load, Dictionary<string, string?>? settings = null) => ServiceHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(new ProbeService.Behaviour());
            builder.Services.AddWarmup(ProbeService.Name, (_, cancellation) => load.WaitAsync(cancellation));
        },
        app => app.MapGrpcService<ProbeService>(),
        settings,
        Cancellation);

    private static async Task<HealthCheckResponse.Types.ServingStatus> CheckAsync(ServiceHost host, string service) =>
        (await new Health.HealthClient(host.Channel).CheckAsync(new() { Service = service }, cancellationToken: Cancellation)).Status;

    private sealed class Engine : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
