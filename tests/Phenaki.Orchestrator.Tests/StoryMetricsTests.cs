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

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_Finished_MeasuresTheFirstFrameOnceAndTheWhole()
    {
        await using var mesh = await new FakeMesh().StartAsync(Cancellation);
        await mesh.ReadyAsync(Cancellation);
        var meters = mesh.Orchestrator.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var first = new MetricCollector<double>(meters, StoryMetrics.MeterName, "phenaki.story.first_frame.duration");
        using var whole = new MetricCollector<double>(meters, StoryMetrics.MeterName, "phenaki.story.duration");
        await RunAsync(mesh, new() { Scenes = { new Scene { Prompt = "a", Frames = 12 } } });
        Assert.InRange(Assert.Single(first.GetMeasurementSnapshot()).Value, 0, Assert.Single(whole.GetMeasurementSnapshot()).Value + 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_OneTooMany_IsCountedAndTheLoadIsShownFromTheStart()
    {
        await using var mesh = await new FakeMesh().StartAsync(Cancellation, ("MaxConcurrentStories", "1"));
        await mesh.ReadyAsync(Cancellation);
        var meters = mesh.Orchestrator.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var refusals = new MetricCollector<long>(meters, "Phenaki.ServiceDefaults", "phenaki.refusals");
        Assert.Equal((0, 1), (Gauge(meters, "phenaki.queue.depth"), Gauge(meters, "phenaki.queue.capacity")));
        using (mesh.Orchestrator.Services.GetRequiredService<StoryAdmission>().Enter())
        {
            Assert.Equal(1, Gauge(meters, "phenaki.queue.depth"));
            await Assert.ThrowsAsync<RpcException>(() => RunAsync(mesh, new() { Scenes = { new Scene { Prompt = "a", Frames = 12 } } }));
        }

        Assert.Equal(0, Gauge(meters, "phenaki.queue.depth"));
        var refusal = Assert.Single(refusals.GetMeasurementSnapshot());
        Assert.Equal(("orchestrator", "queue_full"), (refusal.Tags["component"], refusal.Tags["reason"]));
    }

    private static int Gauge(System.Diagnostics.Metrics.IMeterFactory meters, string name)
    {
        using var collector = new MetricCollector<int>(meters, Serving.ServingMetrics.MeterName, name);
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }

    private static async Task RunAsync(FakeMesh mesh, GenerateStoryRequest request)
    {
        using var call = mesh.Client.GenerateStory(request, cancellationToken: Cancellation);
        await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }
}
