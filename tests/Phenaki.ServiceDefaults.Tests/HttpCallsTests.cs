using System.Diagnostics.Metrics;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Telemetry;
using Phenaki.Testing.Services;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>Calls over HTTP that are none of gRPC are measured and drained as those are.</summary>
public sealed class HttpCallsTests
{
    private const string Service = "openai.v1.Probe";
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Call_Answered_IsMeasuredByTheNameOfItsRoute()
    {
        await using var host = await StartAsync(http =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return Task.FromResult(Results.Text("done"));
        });
        using var calls = Collect<double>(host, "rpc.server.call.duration");
        using var client = Client(host);
        Assert.Equal("done", await client.GetStringAsync("/probe", Cancellation));
        Assert.Equal("done", await client.GetStringAsync("/unnamed", Cancellation));

        var call = Assert.Single(calls.GetMeasurementSnapshot());
        Assert.Equal((Service, "Probe", "0", 3.0), (call.Tags["rpc.service"], call.Tags["rpc.method"], call.Tags["rpc.grpc.status_code"], call.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_RefusedOrWithABug_IsCountedSo()
    {
        Exception failure = RpcErrors.ResourceExhausted("Full.", TimeSpan.FromSeconds(1));
        await using var host = await StartAsync(_ => throw failure);
        using var calls = Collect<double>(host, "rpc.server.call.duration");
        using var refusals = Collect<long>(host, "phenaki.refusals");
        using var errors = Collect<long>(host, "phenaki.internal_errors");
        using var client = Client(host);
        Assert.Equal("ResourceExhausted", await (await client.GetAsync("/probe", Cancellation)).Content.ReadAsStringAsync(Cancellation));
        var refused = Assert.Single(refusals.GetMeasurementSnapshot());
        Assert.Equal(("orchestrator", "queue_full"), (refused.Tags["component"], refused.Tags["reason"]));

        failure = new InvalidOperationException("a bug");
        await client.GetAsync("/probe", Cancellation);
        Assert.Equal("orchestrator", Assert.Single(errors.GetMeasurementSnapshot()).Tags["component"]);
        Assert.Equal(["8", "13"], calls.GetMeasurementSnapshot().Select(call => call.Tags["rpc.grpc.status_code"]));
        Assert.Single(refusals.GetMeasurementSnapshot());
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_OnceTheProcessStops_IsRefused()
    {
        await using var host = await StartAsync(_ => Task.FromResult(Results.Text("done")));
        using var refusals = Collect<long>(host, "phenaki.refusals");
        using var client = Client(host);
        host.Lifetime.StopApplication();
        var response = await client.GetAsync("/probe", Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unavailable"), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)));
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal("draining", Assert.Single(refusals.GetMeasurementSnapshot()).Tags["reason"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_InFlightWhenTheProcessStops_HasTheGraceAndNoMore()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(async http =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
            return Results.Text("never");
        });
        using var client = Client(host);
        var late = client.GetAsync("/probe", Cancellation);
        await entered.Task.WaitAsync(Cancellation);

        host.Lifetime.StopApplication();
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(late.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await late).StatusCode);
        Assert.NotNull((await late).Headers.RetryAfter);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WhoseAnswerHasBegunWhenTheGraceEnds_IsBrokenOff()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(_ => Task.FromResult<IResult>(new Endless(entered)));
        using var calls = Collect<double>(host, "rpc.server.call.duration");
        using var client = Client(host);
        using var response = await client.GetAsync("/probe", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await entered.Task.WaitAsync(Cancellation);
        host.Lifetime.StopApplication();
        _time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancellation));
        await calls.WaitForMeasurementsAsync(1, Cancellation);
        Assert.Equal("14", Assert.Single(calls.GetMeasurementSnapshot()).Tags["rpc.grpc.status_code"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_ThatItsClientLeft_IsCancelled()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(async http =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
            return Results.Text("never");
        });
        using var calls = Collect<double>(host, "rpc.server.call.duration");
        using var refusals = Collect<long>(host, "phenaki.refusals");
        using var client = Client(host);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = client.GetStringAsync("/probe", leave.Token);
        await entered.Task.WaitAsync(Cancellation);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await calls.WaitForMeasurementsAsync(1, Cancellation);
        Assert.Equal("1", Assert.Single(calls.GetMeasurementSnapshot()).Tags["rpc.grpc.status_code"]);
        Assert.Empty(refusals.GetMeasurementSnapshot());
    }

    private static HttpClient Client(ServiceHost host) => new(host.Handler()) { BaseAddress = new("http://localhost") };

    private static MetricCollector<T> Collect<T>(ServiceHost host, string instrument)
        where T : struct => new(host.Services.GetRequiredService<IMeterFactory>(), CallMetrics.MeterName, instrument);

    private Task<ServiceHost> StartAsync(Func<HttpContext, Task<IResult>> answer) => ServiceHost.StartAsync(
        builder => builder.Services.AddSingleton<TimeProvider>(_time),
        app =>
        {
            app.MapGet("/unnamed", RunAsync);
            app.MapGet("/probe", RunAsync).WithMetadata(new RouteNameMetadata("Probe"));
            Task RunAsync(HttpContext http, HttpCalls calls) => calls.RunAsync(Service, http, () => answer(http), failure => Explain(http, failure));
        },
        new Dictionary<string, string?> { ["DrainSeconds"] = "10" },
        Cancellation);

    private static (RpcException Error, IResult Answer) Explain(HttpContext http, Exception failure)
    {
        var error = failure as RpcException ?? RpcErrors.Internal("1");
        if (!http.Response.HasStarted)
        {
            HttpRefusal.SetHeaders(http.Response, error);
        }

        return (error, Results.Text($"{error.StatusCode}", statusCode: StatusCodes.Status503ServiceUnavailable));
    }

    /// <summary>An answer that begins and does not end.</summary>
    private sealed class Endless(TaskCompletionSource entered) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await httpContext.Response.StartAsync(httpContext.RequestAborted);
            await httpContext.Response.WriteAsync("a part", httpContext.RequestAborted);
            await httpContext.Response.Body.FlushAsync(httpContext.RequestAborted);
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, httpContext.RequestAborted);
        }
    }
}
