using System.Diagnostics.Metrics;
using Phenaki.Serving;

namespace Phenaki.MaskedTransformer;

/// <summary>What the service measures, in the meter <see cref="MeterName"/>.</summary>
internal sealed class MaskedTransformerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.MaskedTransformer";
    private readonly Histogram<double> _stepDuration;
    private readonly Counter<long> _clips;

    /// <summary>Creates the instruments.</summary>
    public MaskedTransformerMetrics(IMeterFactory meters)
    {
        Serving = new(meters, "masked-transformer");
        var meter = meters.Create(MeterName);
        _stepDuration = meter.CreateHistogram(
            "phenaki.masked_transformer.step.duration", "s", "Time of the model for a step of the clips that advance together.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _clips = meter.CreateCounter<long>("phenaki.masked_transformer.clips", "{clip}", "Clips by outcome: sampled, or left (cancelled, late or failed).");
    }

    /// <summary>What every service measures.</summary>
    public ServingMetrics Serving { get; }

    /// <summary>Counts a step of the clips that advance together.</summary>
    /// <param name="rows">Their batch rows: two for a clip with guidance, else one.</param>
    /// <param name="duration">Time of the model for it.</param>
    public void StepDone(int rows, TimeSpan duration)
    {
        Serving.BatchDone(rows);
        _stepDuration.Record(duration.TotalSeconds);
    }

    /// <summary>Shows counts that are still 0, so that it is seen when they rise.</summary>
    public void StartAtZero()
    {
        _clips.Add(0, Outcome(true));
        _clips.Add(0, Outcome(false));
    }

    /// <summary>Counts a clip.</summary>
    /// <param name="sampled">False when it was left before its end.</param>
    public void ClipEnded(bool sampled) => _clips.Add(1, Outcome(sampled));

    private static KeyValuePair<string, object?> Outcome(bool sampled) => new("outcome", sampled ? "sampled" : "left");
}
