using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Phenaki.ServiceDefaults.Draining;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class DrainTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Begin_WithADelay_EndsReadinessAtOnceAndCallsAfterIt()
    {
        await using var host = await StartAsync(new(), ("DrainDelaySeconds", "5"));
        Assert.Equal(ServingStatus.Serving, await CheckAsync(host));

        host.Services.GetRequiredService<Drain>().Begin();
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(host));
        await GetModelAsync(host);

        _time.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<RpcException>(() => GetModelAsync(host));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());
    }

    [Fact(Timeout = 60_000)]
    public async Task Begin_ASecondTime_WaitsForNoDelay()
    {
        await using var host = await StartAsync(new(), ("DrainDelaySeconds", "600"));
        var drain = host.Services.GetRequiredService<Drain>();
        drain.Begin();
        Assert.False(host.Lifetime.ApplicationStopping.IsCancellationRequested);
        drain.Begin();
        Assert.True(host.Lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_LongerThanTheGrace_EndsWithUnavailableAndWhenToRetry()
    {
        var entered = new TaskCompletionSource();
        var behaviour = new ProbeService.Behaviour
        {
            GetModel = async context =>
            {
                entered.SetResult();
                Assert.NotNull(context.GetHttpContext());
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                return new();
            },
        };
        await using var host = await StartAsync(behaviour, ("DrainSeconds", "10"));
        var call = GetModelAsync(host);
        await entered.Task.WaitAsync(Cancellation);

        host.Lifetime.StopApplication();
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_ThatFailsWithinTheGrace_KeepsItsOwnError()
    {
        await using var host = await StartAsync(new() { GetModel = _ => throw new RpcException(new(StatusCode.NotFound, "none")) });
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetModelAsync(host))).StatusCode);
    }

    private static Task<GetModelResponse> GetModelAsync(ServiceHost host) =>
        new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation).ResponseAsync;

    private static async Task<ServingStatus> CheckAsync(ServiceHost host) =>
        (await new Health.HealthClient(host.Channel).CheckAsync(new() { Service = ProbeService.Name }, cancellationToken: Cancellation)).Status;

    private Task<ServiceHost> StartAsync(ProbeService.Behaviour behaviour, params (string Key, string Value)[] settings) => ServiceHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddSingleton(behaviour);
            builder.Services.AddWarmup(ProbeService.Name, (_, _) => Task.FromResult(new object()));
        },
        app => app.MapGrpcService<ProbeService>(),
        settings.ToDictionary(s => s.Key, s => (string?)s.Value),
        Cancellation);
}
