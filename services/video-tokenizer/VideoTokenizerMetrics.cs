using System.Diagnostics.Metrics;
using Phenaki.Serving;

namespace Phenaki.VideoTokenizer;

/// <summary>What the service measures, in the meter <see cref="MeterName"/>.</summary>
internal sealed class VideoTokenizerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.VideoTokenizer";
    private readonly Histogram<double> _workDuration;
    private readonly Counter<long> _latentFrames;

    /// <summary>Creates the instruments.</summary>
    public VideoTokenizerMetrics(IMeterFactory meters)
    {
        Serving = new(meters, "video-tokenizer");
        var meter = meters.Create(MeterName);
        _workDuration = meter.CreateHistogram(
            "phenaki.video_tokenizer.work.duration", "s", "Time of the model for a frame in, or for a latent frame out.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] });
        _latentFrames = meter.CreateCounter<long>("phenaki.video_tokenizer.latent_frames", "{latent_frame}", "Latent frames, by direction: encode or decode.");
    }

    /// <summary>What every service measures.</summary>
    public ServingMetrics Serving { get; }

    /// <summary>Shows counts that are still 0, so that it is seen when they rise.</summary>
    public void StartAtZero()
    {
        _latentFrames.Add(0, Direction("encode"));
        _latentFrames.Add(0, Direction("decode"));
    }

    /// <summary>Counts a piece of work.</summary>
    public void WorkDone(TimeSpan duration) => _workDuration.Record(duration.TotalSeconds);

    /// <summary>Counts a latent frame.</summary>
    public void LatentFrame(string direction) => _latentFrames.Add(1, Direction(direction));

    private static KeyValuePair<string, object?> Direction(string direction) => new("direction", direction);
}
