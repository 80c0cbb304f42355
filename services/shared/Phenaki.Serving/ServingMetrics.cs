using System.Diagnostics.Metrics;

namespace Phenaki.Serving;

/// <summary>What every part of the mesh measures alike, told apart by the label <c>component</c>, in the meter <see cref="MeterName"/>.</summary>
public sealed class ServingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.Serving";

    private readonly KeyValuePair<string, object?> component;
    private readonly Meter meter;
    private readonly Histogram<double> wait;
    private readonly Histogram<int> batchSize;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter is made; parts in one process share it.</param>
    /// <param name="component">The part of the mesh, as in "text-encoder".</param>
    public ServingMetrics(IMeterFactory meters, string component)
    {
        this.component = new("component", component);
        meter = meters.Create(MeterName);
        wait = meter.CreateHistogram(
            "phenaki.queue.wait",
            "s",
            "Time from the admission of a request to the model's first work on it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });
        batchSize = meter.CreateHistogram(
            "phenaki.batch.size",
            "{row}",
            "Rows that the model worked on together.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });
    }

    /// <summary>Shows the load, which services are scaled by.</summary>
    /// <param name="depth">Requests waiting or being served.</param>
    /// <param name="capacity">Most of them at the same time.</param>
    public void Observe(Func<int> depth, int capacity)
    {
        meter.CreateObservableGauge("phenaki.queue.depth", () => new Measurement<int>(depth(), component), "{request}", "Requests waiting or being served.");
        meter.CreateObservableGauge("phenaki.queue.capacity", () => new Measurement<int>(capacity, component), "{request}", "Most requests waiting or being served.");
    }

    /// <summary>Shows which model is served: always 1, what counts are the labels.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="fingerprint">SHA-256 of configuration and weights.</param>
    public void ShowModel(string name, string version, string fingerprint)
    {
        KeyValuePair<string, object?>[] labels = [component, new("model", name), new("version", version), new("fingerprint", fingerprint)];
        meter.CreateObservableGauge("phenaki.model.info", () => new Measurement<int>(1, labels), description: "The model that is served, by its fingerprint.");
    }

    /// <summary>The model worked on some rows together.</summary>
    public void BatchDone(int rows) => batchSize.Record(rows, component);

    /// <summary>Shows the load of a door.</summary>
    internal void Observe(AdmissionController door)
    {
        Observe(() => door.Admitted, door.Capacity);
        meter.CreateObservableGauge("phenaki.queue.waiting", () => new Measurement<int>(door.Waiting, component), "{request}", "Requests that the model has not begun with.");
    }

    /// <summary>The model begins with a request.</summary>
    internal void Waited(TimeSpan elapsed) => wait.Record(elapsed.TotalSeconds, component);
}
