using System.Diagnostics.Metrics;

namespace Phenaki.TextEncoder;

/// <summary>What the service measures, in the meter <see cref="MeterName"/>.</summary>
internal sealed class TextEncoderMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.TextEncoder";
    private readonly Meter _meter;
    private readonly Histogram<double> _batchDuration;
    private readonly Histogram<int> _batchSize;

    /// <summary>Creates the instruments.</summary>
    public TextEncoderMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _batchDuration = _meter.CreateHistogram(
            "phenaki.text_encoder.batch.duration", "s", "Time of the model for a batch.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
        _batchSize = _meter.CreateHistogram(
            "phenaki.text_encoder.batch.size", "{prompt}", "Prompts in a batch.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
    }

    /// <summary>Counts a batch.</summary>
    public void BatchDone(int prompts, TimeSpan duration)
    {
        _batchSize.Record(prompts);
        _batchDuration.Record(duration.TotalSeconds);
    }

    /// <summary>Shows the queue: what services are scaled by.</summary>
    public void Observe(Func<int> admitted) =>
        _meter.CreateObservableGauge("phenaki.text_encoder.prompts.admitted", admitted, "{prompt}", "Prompts that are waiting or being encoded.");
}
