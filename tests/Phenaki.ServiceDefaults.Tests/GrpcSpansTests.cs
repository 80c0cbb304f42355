using System.Diagnostics;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Telemetry;
using Phenaki.Story.V1;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;
using StatusCode = Grpc.Core.StatusCode;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>Spans of calls, both ends of them, as an exporter gets them.</summary>
public sealed class GrpcSpansTests
{
    private const string Method = $"{ProbeService.Name}/GetModel";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(StatusCode.OK, ActivityStatusCode.Unset, ActivityStatusCode.Unset)]
    [InlineData(StatusCode.InvalidArgument, ActivityStatusCode.Unset, ActivityStatusCode.Error)]
    [InlineData(StatusCode.ResourceExhausted, ActivityStatusCode.Unset, ActivityStatusCode.Error)]
    [InlineData(StatusCode.FailedPrecondition, ActivityStatusCode.Unset, ActivityStatusCode.Error)]
    [InlineData(StatusCode.DeadlineExceeded, ActivityStatusCode.Error, ActivityStatusCode.Error)]
    [InlineData(StatusCode.Unavailable, ActivityStatusCode.Error, ActivityStatusCode.Error)]
    [InlineData(StatusCode.Internal, ActivityStatusCode.Error, ActivityStatusCode.Error)]
    public async Task Call_WithAStatus_IsOnBothSpans(StatusCode code, ActivityStatusCode server, ActivityStatusCode client)
    {
        using var spans = new RecordedSpans();
        using var root = new Activity("test").Start();

        // A span that ends after its host is recorded by nobody.
        await using var host = await StartAsync(spans, code);
        await CallAsync(host, root, code);
        var asked = await spans.OneAsync(root.TraceId, span => span.Kind == ActivityKind.Client, Cancellation);
        var answered = await spans.OneAsync(root.TraceId, span => span.Kind == ActivityKind.Server, Cancellation);
        Assert.Equal((root.SpanId, asked.SpanId), (asked.ParentSpanId, answered.ParentSpanId));
        Assert.Equal((client, server), (asked.Status, answered.Status));
        Assert.All([asked, answered], span =>
        {
            Assert.Equal(Method, span.DisplayName);
            Assert.Equal("grpc", span.GetTagItem("rpc.system"));
            Assert.Equal(ProbeService.Name, span.GetTagItem("rpc.service"));
            Assert.Equal("GetModel", span.GetTagItem("rpc.method"));
            Assert.Equal((int)code, span.GetTagItem("rpc.grpc.status_code"));
            Assert.True(span.Recorded);
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_OfAMethodThatIsNotServed_IsUnimplementedOnBothSpans()
    {
        using var spans = new RecordedSpans();
        using var root = new Activity("test").Start();
        root.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        await using var host = await StartAsync(spans, StatusCode.OK);
        using var channel = Channel(host);
        await Assert.ThrowsAsync<RpcException>(async () => await new StoryService.StoryServiceClient(channel).GetModelAsync(new(), cancellationToken: Cancellation));
        foreach (var kind in new[] { ActivityKind.Client, ActivityKind.Server })
        {
            var span = await spans.OneAsync(root.TraceId, span => span.Kind == kind, Cancellation);
            Assert.Equal((12, ActivityStatusCode.Error), (span.GetTagItem("rpc.grpc.status_code"), span.Status));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_OfHealth_IsNotExported()
    {
        using var spans = new RecordedSpans();
        using var root = new Activity("test").Start();
        root.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        await using (var host = await StartAsync(spans, StatusCode.OK))
        {
            using var channel = Channel(host);
            await new Health.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation);
        }

        Assert.Empty(spans.Of(root.TraceId));
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_InATraceThatIsNotSampled_LeavesNoSpan()
    {
        using var spans = new RecordedSpans();
        using var root = new Activity("test").Start();
        await using (var host = await StartAsync(spans, StatusCode.OK))
        {
            await CallAsync(host, root, StatusCode.OK, ActivityTraceFlags.None);
        }

        Assert.Empty(spans.Of(root.TraceId));
    }

    private static async Task CallAsync(ServiceHost host, Activity root, StatusCode expected, ActivityTraceFlags flags = ActivityTraceFlags.Recorded)
    {
        root.ActivityTraceFlags = flags;
        using var channel = Channel(host);
        var call = new TextEncoderService.TextEncoderServiceClient(channel).GetModelAsync(new(), cancellationToken: Cancellation);
        if (expected == StatusCode.OK)
        {
            await call;
        }
        else
        {
            Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        }
    }

    private static GrpcChannel Channel(ServiceHost host) => GrpcChannel.ForAddress(
        "http://localhost",
        new() { HttpHandler = new TraceContextHandler(host.Handler()), DisposeHttpClient = true });

    private static Task<ServiceHost> StartAsync(RecordedSpans spans, StatusCode code) => ServiceHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(new ProbeService.Behaviour
            {
                GetModel = _ => code switch
                {
                    StatusCode.OK => Task.FromResult(new Phenaki.TextEncoder.V1.GetModelResponse()),
                    StatusCode.Internal => throw new InvalidOperationException("a bug"),
                    StatusCode.ResourceExhausted => throw RpcErrors.ResourceExhausted("Full.", TimeSpan.FromSeconds(1)),
                    _ => throw new RpcException(new Grpc.Core.Status(code, "As the test wants it.")),
                },
            });
            builder.Services.AddPhenakiTracing();
            builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans));
        },
        app => app.MapGrpcService<ProbeService>(),
        settings: null,
        Cancellation);
}
