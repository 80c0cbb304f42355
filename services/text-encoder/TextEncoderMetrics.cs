using System.Diagnostics.Metrics;
using Phenaki.Serving;

namespace Phenaki.TextEncoder;

/// <summary>What the service measures, in the meter <see cref="MeterName"/>.</summary>
internal sealed class TextEncoderMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.TextEncoder";
    private readonly Histogram<double> _batchDuration;

    /// <summary>Creates the instruments.</summary>
    public TextEncoderMetrics(IMeterFactory meters)
    {
        Serving = new(meters, "text-encoder");
        _batchDuration = meters.Create(MeterName).CreateHistogram(
            "phenaki.text_encoder.batch.duration", "s", "Time of the model for a batch.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
    }

    /// <summary>What every service measures.</summary>
    public ServingMetrics Serving { get; }

    /// <summary>Counts a batch.</summary>
    public void BatchDone(int prompts, TimeSpan duration)
    {
        Serving.BatchDone(prompts);
        _batchDuration.Record(duration.TotalSeconds);
    }
}
