using System.Diagnostics.Metrics;

namespace Phenaki.MaskedTransformer;

/// <summary>What the service measures, in the meter <see cref="MeterName"/>.</summary>
internal sealed class MaskedTransformerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.MaskedTransformer";
    private readonly Meter _meter;
    private readonly Histogram<double> _stepDuration;
    private readonly Counter<long> _clips;

    /// <summary>Creates the instruments.</summary>
    public MaskedTransformerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _stepDuration = _meter.CreateHistogram(
            "phenaki.masked_transformer.step.duration", "s", "Time of the model for a step of a clip.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _clips = _meter.CreateCounter<long>("phenaki.masked_transformer.clips", "{clip}", "Clips by outcome: sampled, or left (cancelled, late or failed).");
    }

    /// <summary>Counts a step.</summary>
    public void StepDone(TimeSpan duration) => _stepDuration.Record(duration.TotalSeconds);

    /// <summary>Counts a clip.</summary>
    /// <param name="sampled">False when it was left before its end.</param>
    public void ClipEnded(bool sampled) => _clips.Add(1, new KeyValuePair<string, object?>("outcome", sampled ? "sampled" : "left"));

    /// <summary>Shows the queue: what services are scaled by.</summary>
    public void Observe(Func<int> active, Func<int> waiting)
    {
        _meter.CreateObservableGauge("phenaki.masked_transformer.clips.active", active, "{clip}", "Clips that advance in turn.");
        _meter.CreateObservableGauge("phenaki.masked_transformer.clips.waiting", waiting, "{clip}", "Clips that wait for their turn.");
    }
}
