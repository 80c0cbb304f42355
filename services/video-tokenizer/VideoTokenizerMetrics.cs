using System.Diagnostics.Metrics;

namespace Phenaki.VideoTokenizer;

/// <summary>What the service measures, in the meter <see cref="MeterName"/>.</summary>
internal sealed class VideoTokenizerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.VideoTokenizer";
    private readonly Meter _meter;
    private readonly Histogram<double> _workDuration;
    private readonly Counter<long> _latentFrames;

    /// <summary>Creates the instruments.</summary>
    public VideoTokenizerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _workDuration = _meter.CreateHistogram(
            "phenaki.video_tokenizer.work.duration", "s", "Time of the model for a frame in, or for a latent frame out.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] });
        _latentFrames = _meter.CreateCounter<long>("phenaki.video_tokenizer.latent_frames", "{latent_frame}", "Latent frames, by direction: encode or decode.");
    }

    /// <summary>Counts a piece of work.</summary>
    public void WorkDone(TimeSpan duration) => _workDuration.Record(duration.TotalSeconds);

    /// <summary>Counts a latent frame.</summary>
    public void LatentFrame(string direction) => _latentFrames.Add(1, new KeyValuePair<string, object?>("direction", direction));

    /// <summary>Shows the load: what services are scaled by.</summary>
    public void Observe(Func<int> sessions) =>
        _meter.CreateObservableGauge("phenaki.video_tokenizer.sessions", sessions, "{session}", "Videos that are being encoded or decoded.");
}
