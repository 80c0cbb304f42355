using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Phenaki.Orchestrator.Stories;
using Phenaki.Serving;

namespace Phenaki.Orchestrator;

/// <summary>What the orchestrator measures.</summary>
internal sealed class StoryMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.Orchestrator";

    // Seconds: the shipped model needs some for a clip, the paper's some minutes on a CPU.
    private static readonly double[] Seconds = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

    // "SampleTokens" is "sample_tokens" in a label.
    private static readonly FrozenDictionary<StoryStage, string> Stages =
        Enum.GetValues<StoryStage>().ToFrozenDictionary(stage => stage, stage => JsonNamingPolicy.SnakeCaseLower.ConvertName(stage.ToString()));

    private static readonly string[] Outcomes = ["finished", "refused", "cancelled", "failed", "interrupted"];
    private static readonly string[] Services = ["text-encoder", "video-tokenizer", "masked-transformer"];

    private readonly UpDownCounter<int> _running;
    private readonly Counter<long> _stories;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _clips;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _resumptions;
    private readonly Histogram<double> _stages;
    private readonly Histogram<double> _firstFrame;
    private readonly Histogram<double> _duration;

    /// <summary>Creates the instruments.</summary>
    public StoryMetrics(IMeterFactory meters)
    {
        Serving = new(meters, "orchestrator");
        var meter = meters.Create(MeterName);
        _running = meter.CreateUpDownCounter<int>("phenaki.story.running", "{story}", "Stories being made.");
        _stories = meter.CreateCounter<long>("phenaki.story.ended", "{story}", "Stories that ended, by outcome.");
        _frames = meter.CreateCounter<long>("phenaki.story.frames", "{frame}", "Frames sent.");
        _clips = meter.CreateCounter<long>("phenaki.story.clips", "{clip}", "Clips made, by where their tokens came from.");
        _calls = meter.CreateCounter<long>("phenaki.story.model_calls", "{call}", "Calls to services, by stage; prompts for the text encoder.");
        _resumptions = meter.CreateCounter<long>("phenaki.story.resumptions", "{call}", "Calls made again after a failure, by the part that was called.");
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds };
        _stages = meter.CreateHistogram("phenaki.story.stage.duration", "s", "Time of a stage.", advice: buckets);
        _firstFrame = meter.CreateHistogram("phenaki.story.first_frame.duration", "s", "Time from the request of a story to its first frame.", advice: buckets);
        _duration = meter.CreateHistogram("phenaki.story.duration", "s", "Time of a story that was finished.", advice: buckets);
    }

    /// <summary>What every part of the mesh measures.</summary>
    public ServingMetrics Serving { get; }

    /// <summary>Shows counts that are still 0, so that it is seen when they rise.</summary>
    public void StartAtZero()
    {
        _running.Add(0);
        _frames.Add(0);
        Array.ForEach(Outcomes, outcome => _stories.Add(0, new KeyValuePair<string, object?>("outcome", outcome)));
        Array.ForEach(["cache", "sampled"], source => _clips.Add(0, new KeyValuePair<string, object?>("source", source)));
        Array.ForEach(Services, service => _resumptions.Add(0, new KeyValuePair<string, object?>("component", service)));
        Array.ForEach(Enum.GetValues<StoryStage>(), stage => _calls.Add(0, Of(stage)));
    }

    /// <summary>A story begins.</summary>
    public void StoryStarted() => _running.Add(1);

    /// <summary>A story ended.</summary>
    /// <param name="outcome">finished, refused, cancelled, failed, or interrupted: stopped here, and perhaps taken up again.</param>
    public void StoryEnded(string outcome)
    {
        _running.Add(-1);
        _stories.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>A frame was sent.</summary>
    public void FrameSent() => _frames.Add(1);

    /// <summary>The first frame of a story was sent.</summary>
    public void FirstFrameSent(TimeSpan elapsed) => _firstFrame.Record(elapsed.TotalSeconds);

    /// <summary>A story is complete.</summary>
    public void StoryFinished(TimeSpan elapsed) => _duration.Record(elapsed.TotalSeconds);

    /// <summary>A clip is there.</summary>
    public void ClipMade(ClipReport clip) =>
        _clips.Add(1, new KeyValuePair<string, object?>("source", clip.TokensFromCache ? "cache" : "sampled"));

    /// <summary>Calls are made.</summary>
    public void ModelCalls(StoryStage stage, int calls) => _calls.Add(calls, Of(stage));

    /// <summary>A call is made again.</summary>
    public void Resumed(string service) => _resumptions.Add(1, new KeyValuePair<string, object?>("component", service));

    /// <summary>A stage took some time.</summary>
    public void StageDone(StoryStage stage, TimeSpan elapsed) => _stages.Record(elapsed.TotalSeconds, Of(stage));

    private static KeyValuePair<string, object?> Of(StoryStage stage) => new("stage", Stages[stage]);
}
