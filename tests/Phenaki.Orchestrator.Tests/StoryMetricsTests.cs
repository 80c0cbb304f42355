using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Tests;

public sealed class StoryMetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_FinishedAndRefused_AreMeasured()
    {
        await using var mesh = await new FakeMesh().StartAsync(Cancellation);
        await mesh.ReadyAsync(Cancellation);
        var meters = mesh.Orchestrator.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var ended = new MetricCollector<long>(meters, StoryMetrics.MeterName, "phenaki.story.ended");
        using var running = new MetricCollector<int>(meters, StoryMetrics.MeterName, "phenaki.story.running");
        using var frames = new MetricCollector<long>(meters, StoryMetrics.MeterName, "phenaki.story.frames");
        using var clips = new MetricCollector<long>(meters, StoryMetrics.MeterName, "phenaki.story.clips");
        await RunAsync(mesh, new() { Scenes = { new Scene { Prompt = "a", Frames = 12 } } });
        await Assert.ThrowsAsync<RpcException>(() => RunAsync(mesh, new()));
        Assert.Equal(["finished", "refused"], ended.GetMeasurementSnapshot().Select(one => (string?)one.Tags["outcome"]));
        Assert.Equal(0, running.GetMeasurementSnapshot().Sum(one => one.Value));
        Assert.Equal(12, frames.GetMeasurementSnapshot().Sum(one => one.Value));
        Assert.Equal(["sampled", "sampled"], clips.GetMeasurementSnapshot().Select(one => (string?)one.Tags["source"]));
        Assert.Contains(mesh.Orchestrator.Logs.GetSnapshot(), record => record.Message.Contains("finished: 12 frames", StringComparison.Ordinal));
    }

    private static async Task RunAsync(FakeMesh mesh, GenerateStoryRequest request)
    {
        using var call = mesh.Client.GenerateStory(request, cancellationToken: Cancellation);
        await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }
}
