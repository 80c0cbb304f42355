using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;

namespace Phenaki.Testing.Services;

/// <summary>Keeps the spans that an exporter would send.</summary>
public sealed class RecordedSpans : BaseProcessor<Activity>
{
    private readonly ConcurrentQueue<Activity> _spans = [];

    /// <summary>The spans of a trace so far, in the order of their ends.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _spans.Where(span => span.TraceId == trace)];

    /// <summary>Waits for a span: those of calls end a moment after their answers are there.</summary>
    public async Task<Activity> OneAsync(ActivityTraceId trace, Func<Activity, bool> condition, CancellationToken cancellationToken)
    {
        await Eventually.TrueAsync(() => ValueTask.FromResult(Of(trace).Any(condition)), cancellationToken);
        return Of(trace).Single(condition);
    }

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Recorded)
        {
            _spans.Enqueue(data);
        }
    }
}
