using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Phenaki.Serving.Tests;

public sealed class ServingMetricsTests : IDisposable
{
    private readonly ServiceProvider provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider time = new();

    private IMeterFactory Meters => provider.GetRequiredService<IMeterFactory>();

    [Fact]
    public void Admission_WhileRequestsWaitAndAreServed_ShowsBoth()
    {
        AdmissionController door = Door(capacity: 3);
        using AdmissionTicket served = door.Enter(1, null);
        using AdmissionTicket waiting = door.Enter(1, null);
        served.Begin();
        served.Begin();
        Assert.Equal((2, 1, 3), (Gauge("phenaki.queue.depth"), Gauge("phenaki.queue.waiting"), Gauge("phenaki.queue.capacity")));
        waiting.Dispose();
        Assert.Equal((1, 0), (Gauge("phenaki.queue.depth"), Gauge("phenaki.queue.waiting")));
        served.Dispose();
        served.Begin();
        Assert.Equal((0, 0), (Gauge("phenaki.queue.depth"), Gauge("phenaki.queue.waiting")));
    }

    [Fact]
    public void Begin_AfterAWait_MeasuresItOnce()
    {
        using var waits = new MetricCollector<double>(Meters, ServingMetrics.MeterName, "phenaki.queue.wait");
        AdmissionController door = Door(capacity: 2);
        using AdmissionTicket first = door.Enter(1, null);
        using AdmissionTicket leaves = door.Enter(1, null);
        time.Advance(TimeSpan.FromSeconds(3));
        first.Begin();
        time.Advance(TimeSpan.FromSeconds(3));
        first.Begin();
        leaves.Dispose();
        leaves.Begin();
        CollectedMeasurement<double> wait = Assert.Single(waits.GetMeasurementSnapshot());
        Assert.Equal((3.0, "text-encoder"), (wait.Value, wait.Tags["component"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Queue_WithABatch_MeasuresTheWaitOfEveryItem()
    {
        using var waits = new MetricCollector<double>(Meters, ServingMetrics.MeterName, "phenaki.queue.wait");
        await using var thread = new ModelThread("model under test");
        await using var queue = new BatchingQueue<int, int>(
            thread, Door(capacity: 10), new BatchingOptions { MaxBatchItems = 3, MaxWait = TimeSpan.FromSeconds(1) }, items => [.. items], time);
        Task<int>[] items = [.. Enumerable.Range(0, 3).Select(i => queue.RunAsync(i, new WorkTerms(1), TestContext.Current.CancellationToken))];
        await Task.WhenAll(items);
        Assert.Equal(3, waits.GetMeasurementSnapshot().Count);
    }

    [Fact]
    public void ShowModel_OfTwoParts_TellsThemApart()
    {
        new ServingMetrics(Meters, "text-encoder").ShowModel("storyworld", "1", "aa");
        new ServingMetrics(Meters, "video-tokenizer").ShowModel("storyworld", "2", "bb");
        using var models = new MetricCollector<int>(Meters, ServingMetrics.MeterName, "phenaki.model.info");
        models.RecordObservableInstruments();
        Assert.Contains(models.GetMeasurementSnapshot(), one =>
            one.Value == 1 && (string?)one.Tags["component"] == "text-encoder" && (string?)one.Tags["fingerprint"] == "aa" && (string?)one.Tags["version"] == "1");
    }

    public void Dispose() => provider.Dispose();

    private AdmissionController Door(int capacity)
    {
        var door = new AdmissionController(new AdmissionOptions { Capacity = capacity }, time, new ServingMetrics(Meters, "text-encoder"));
        door.MarkReady();
        return door;
    }

    private int Gauge(string name)
    {
        using var collector = new MetricCollector<int>(Meters, ServingMetrics.MeterName, name);
        collector.RecordObservableInstruments();
        return Assert.Single(collector.GetMeasurementSnapshot()).Value;
    }
}
