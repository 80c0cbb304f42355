using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>Calls of the videos API are counted, and refused by a process that leaves, as those of gRPC are.</summary>
public sealed class VideoMetricsTests
{
    private const int Timeout = 120_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Calls_OfEveryKind_AreMeasuredByTheirNames()
    {
        await using var mesh = await HttpMesh.StartAsync(Cancellation);
        using var calls = Collect<double>(mesh, "rpc.server.call.duration");
        using var refusals = Collect<long>(mesh, "phenaki.refusals");
        var none = "/v1/videos/video_00000000000000000000000000000000";
        await mesh.GetAsync("/v1/videos", Cancellation);
        await mesh.PostAsync("/v1/videos", new { prompt = "" }, Cancellation);
        await mesh.GetAsync(none, Cancellation);
        await mesh.Client.SendAsync(new(HttpMethod.Head, $"{none}/content"), Cancellation);
        await mesh.GetAsync("/v1/videos/no/such/call", Cancellation);
        await calls.WaitForMeasurementsAsync(4, Cancellation);

        var counted = calls.GetMeasurementSnapshot().Where(call => (string?)call.Tags["rpc.service"] == "openai.v1.Videos");
        Assert.Equal(
            [("ListVideos", "0"), ("CreateVideo", "3"), ("GetVideo", "5"), ("DownloadVideo", "5")],
            counted.Select(call => ((string?)call.Tags["rpc.method"], (string?)call.Tags["rpc.grpc.status_code"])));
        var refused = Assert.Single(refusals.GetMeasurementSnapshot());
        Assert.Equal(("orchestrator", "invalid_argument"), (refused.Tags["component"], refused.Tags["reason"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task Call_OnceTheProcessLeaves_IsRefusedInOpenAisFormWithWhenToRetry()
    {
        await using var mesh = await HttpMesh.StartAsync(Cancellation);
        using var refusals = Collect<long>(mesh, "phenaki.refusals");
        mesh.Mesh.Orchestrator.Lifetime.StopApplication();
        var (response, body) = await mesh.PostAsync("/v1/videos", new { prompt = "a" }, Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal(("server_error", "unavailable"), ((string?)body["error"]!["type"], (string?)body["error"]!["code"]));
        Assert.Contains("another replica", (string?)body["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal("draining", Assert.Single(refusals.GetMeasurementSnapshot()).Tags["reason"]);
    }

    private static MetricCollector<T> Collect<T>(HttpMesh mesh, string instrument)
        where T : struct => new(mesh.Mesh.Orchestrator.Services.GetRequiredService<IMeterFactory>(), "Phenaki.ServiceDefaults", instrument);
}
