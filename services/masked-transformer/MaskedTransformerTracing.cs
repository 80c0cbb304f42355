using System.Diagnostics;

namespace Phenaki.MaskedTransformer;

/// <summary>Spans of the service.</summary>
internal static class MaskedTransformerTracing
{
    private static readonly ActivitySource Source = new("Phenaki.MaskedTransformer", typeof(MaskedTransformerTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>A step of a clip, on the model's thread.</summary>
    /// <param name="call">Span of the call that the clip is sampled for.</param>
    /// <param name="step">Number of the step, from 1.</param>
    /// <returns>Null when nobody records it.</returns>
    public static Activity? Step(ActivityContext call, int step) => (call.TraceFlags & ActivityTraceFlags.Recorded) == 0
        ? null
        : Source.StartActivity("step", ActivityKind.Internal, call)?.SetTag("phenaki.step", step);
}
