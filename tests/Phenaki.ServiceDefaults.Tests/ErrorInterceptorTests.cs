using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class ErrorInterceptorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Call_WithABug_TellsOnlyAnIdThatTheLogHas()
    {
        await using var host = await StartAsync(_ => throw new InvalidOperationException("secret path /etc/x"));
        var error = await FailAsync(host);
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        var id = error.Detail<ErrorInfo>().Metadata["id"];
        Assert.Contains(host.Logs.GetSnapshot(), r => r.Message.Contains(id, StringComparison.Ordinal) && r.Exception is InvalidOperationException);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WithViolations_AnswersBadRequestWithEveryOne()
    {
        await using var host = await StartAsync(_ =>
        {
            var violations = new Violations();
            violations.Range("sampling.steps", 0, 1, 256);
            violations.Range("sampling.guidance_scale", double.NaN, 0, 64);
            violations.ThrowIfAny();
            return Task.FromResult(new GetModelResponse());
        });
        var error = await FailAsync(host);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(
            ["sampling.steps: is 0; allowed are 1 to 256.", "sampling.guidance_scale: is NaN; allowed are 0 to 64."],
            error.Violations());
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_ThatIsRefusedForLoad_TellsWhenToRetryTwice()
    {
        await using var host = await StartAsync(_ => throw RpcErrors.ResourceExhausted("The queue is full.", TimeSpan.FromMilliseconds(1500)));
        var error = await FailAsync(host);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), error.Detail<RetryInfo>().RetryDelay.ToTimeSpan());
        Assert.Equal("1500", error.Trailers.GetValue("grpc-retry-pushback-ms"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WithATranslatedException_AnswersTheTranslation()
    {
        await using var host = await StartAsync(
            _ => throw new FileNotFoundException("gone"),
            services => services.Configure<ErrorTranslation>(t => t.Add<IOException>(e => RpcErrors.Unavailable(e.Message, TimeSpan.FromSeconds(2)))));
        var error = await FailAsync(host);
        Assert.Equal(new Grpc.Core.Status(StatusCode.Unavailable, "gone").Detail, error.Status.Detail);
        Assert.Equal(2, error.Detail<RetryInfo>().RetryDelay.Seconds);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WhoseClientLeaves_EndsAndIsNoBug()
    {
        var entered = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var host = await StartAsync(async context =>
        {
            entered.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            }
            finally
            {
                left.SetResult();
            }

            return new();
        });
        using var cancel = new CancellationTokenSource();
        var call = new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: cancel.Token).ResponseAsync;
        await entered.Task.WaitAsync(Cancellation);
        await cancel.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        await left.Task.WaitAsync(Cancellation);
        await host.StopAsync(Cancellation);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), r => r.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WhileDraining_IsRefusedWithRetryAndTheOneInFlightFinishes()
    {
        var entered = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var host = await StartAsync(async _ =>
        {
            entered.TrySetResult();
            await finish.Task;
            return new() { Width = 7 };
        });
        var client = new TextEncoderService.TextEncoderServiceClient(host.Channel);
        var inFlight = client.GetModelAsync(new(), cancellationToken: Cancellation).ResponseAsync;
        await entered.Task.WaitAsync(Cancellation);

        host.Lifetime.StopApplication();
        var error = await FailAsync(host);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());

        finish.SetResult();
        Assert.Equal(7u, (await inFlight).Width);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stream_WithABug_AnswersInternal()
    {
        var behaviour = new ProbeService.Behaviour { EncodePrompts = async (_, _, _) => { await Task.Yield(); throw new InvalidOperationException(); } };
        await using var host = await StartAsync(behaviour);
        using var call = new TextEncoderService.TextEncoderServiceClient(host.Channel).EncodePrompts(cancellationToken: Cancellation);
        Assert.Equal(StatusCode.Internal, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation))).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stream_WithAMessageAbove4MiB_IsRefused()
    {
        var behaviour = new ProbeService.Behaviour { EncodePrompts = async (requests, _, context) => await requests.MoveNext(context.CancellationToken) };
        await using var host = await StartAsync(behaviour);
        var client = new TextEncoderService.TextEncoderServiceClient(host.Channel);
        var statuses = new List<StatusCode>();

        // HTTP/2 resets a request that is answered before it is whole (RFC 9113, section 8.1); now and then the reset overtakes the answer's status.
        while (statuses.Count < 5 && !statuses.Contains(StatusCode.ResourceExhausted))
        {
            using var call = client.EncodePrompts(cancellationToken: Cancellation);
            var error = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                await call.RequestStream.WriteAsync(new() { Text = new string('a', 4 * 1024 * 1024) }, Cancellation);
                await call.ResponseStream.MoveNext(Cancellation);
            });
            statuses.Add(error.StatusCode);
        }

        Assert.Equal(StatusCode.ResourceExhausted, statuses[^1]);
        Assert.All(statuses[..^1], status => Assert.Equal(StatusCode.Cancelled, status));
    }

    private static Task<ServiceHost> StartAsync(Func<ServerCallContext, Task<GetModelResponse>> getModel, Action<IServiceCollection>? add = null) =>
        StartAsync(new ProbeService.Behaviour { GetModel = getModel }, add);

    private static Task<ServiceHost> StartAsync(ProbeService.Behaviour behaviour, Action<IServiceCollection>? add = null) => ServiceHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(behaviour);
            add?.Invoke(builder.Services);
        },
        app => app.MapGrpcService<ProbeService>(),
        settings: null,
        Cancellation);

    private static Task<RpcException> FailAsync(ServiceHost host) => Assert.ThrowsAsync<RpcException>(
        () => new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation).ResponseAsync);
}
