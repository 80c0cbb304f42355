using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Phenaki.Contracts;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Telemetry;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class CallMetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int> Refusals => new()
    {
        { "violation", "invalid_argument", 3 },
        { "full", "queue_full", 8 },
        { "deadline", "deadline_cannot_be_met", 4 },
        { "away", "unavailable", 14 },
        { "mismatch", "codebook_mismatch", 9 },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Refusals))]
    public async Task Call_Refused_IsCountedByReasonAndStatus(string how, string reason, int status)
    {
        await using var host = await StartAsync(_ => throw Refusal(how));
        using var refusals = Collect<long>(host, "phenaki.refusals");
        using var calls = Collect<double>(host, "rpc.server.call.duration");

        await FailAsync(host);

        var counted = Assert.Single(refusals.GetMeasurementSnapshot());
        Assert.Equal(("text-encoder", reason), (counted.Tags["component"], counted.Tags["reason"]));
        var call = Assert.Single(calls.GetMeasurementSnapshot());
        Assert.Equal(
            (ProbeService.Name, "GetModel", $"{status}"), (call.Tags["rpc.service"], call.Tags["rpc.method"], call.Tags["rpc.grpc.status_code"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_Answered_IsMeasuredWithStatusZero()
    {
        await using var host = await StartAsync(_ => Task.FromResult(new GetModelResponse()));
        using var calls = Collect<double>(host, "rpc.server.call.duration");

        await new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation);

        Assert.Equal("0", Assert.Single(calls.GetMeasurementSnapshot()).Tags["rpc.grpc.status_code"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WithABug_IsInternalAndNoRefusal()
    {
        await using var host = await StartAsync(_ => throw new InvalidOperationException("a bug"));
        using var refusals = Collect<long>(host, "phenaki.refusals");
        using var errors = Collect<long>(host, "phenaki.internal_errors");
        using var calls = Collect<double>(host, "rpc.server.call.duration");

        await FailAsync(host);

        Assert.Equal("13", Assert.Single(calls.GetMeasurementSnapshot()).Tags["rpc.grpc.status_code"]);
        Assert.Equal("text-encoder", Assert.Single(errors.GetMeasurementSnapshot()).Tags["component"]);
        Assert.Empty(refusals.GetMeasurementSnapshot());
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WhoseMessageCannotBeRead_IsCountedAlthoughItReachesNoService()
    {
        await using var host = await StartAsync(_ => Task.FromResult(new GetModelResponse()));
        using var refusals = Collect<long>(host, "phenaki.refusals");
        using var calls = Collect<double>(host, "rpc.server.call.duration");
        using var raw = new RawCall(host.Handler());

        await raw.SendAsync($"/{ProbeService.Name}/GetModel", RawCall.Frame([0xFF, 0xFF]), headers: null, long.MaxValue, Cancellation);
        await raw.SendAsync("/phenaki.no.such.Service/Method", RawCall.Frame([]), headers: null, long.MaxValue, Cancellation);
        await refusals.WaitForMeasurementsAsync(1, Cancellation);

        Assert.Equal("invalid_argument", Assert.Single(refusals.GetMeasurementSnapshot()).Tags["reason"]);
        Assert.Equal("3", Assert.Single(calls.GetMeasurementSnapshot()).Tags["rpc.grpc.status_code"]);
    }

    [Theory]
    [InlineData("phenaki.story.v1.StoryService", "orchestrator")]
    [InlineData("phenaki.masked_transformer.v1.MaskedTransformerService", "masked-transformer")]
    [InlineData("grpc.health.v1.Health", "other")]
    public void Of_GrpcService_IsThePartOfTheMesh(string service, string component) => Assert.Equal(component, Components.Of(service));

    private static RpcException Refusal(string how) => how switch
    {
        "violation" => RpcErrors.InvalidArgument([new FieldProblem("seed", "is wrong.")]),
        "full" => RpcErrors.ResourceExhausted("Full.", TimeSpan.FromSeconds(1)),
        "deadline" => RpcErrors.DeadlineCannotBeMet("Too late."),
        "away" => RpcErrors.Unavailable("Loading.", TimeSpan.FromSeconds(1)),
        _ => RpcErrors.FailedPrecondition("512 and 1024.", "CODEBOOK_MISMATCH"),
    };

    private static MetricCollector<T> Collect<T>(ServiceHost host, string instrument)
        where T : struct => new(host.Services.GetRequiredService<IMeterFactory>(), CallMetrics.MeterName, instrument);

    private static async Task FailAsync(ServiceHost host) => await Assert.ThrowsAsync<RpcException>(async () =>
        await new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation));

    private static Task<ServiceHost> StartAsync(Func<ServerCallContext, Task<GetModelResponse>> answer) => ServiceHost.StartAsync(
        builder => builder.Services.AddSingleton(new ProbeService.Behaviour { GetModel = answer }),
        app => app.MapGrpcService<ProbeService>(),
        settings: null,
        Cancellation);
}
