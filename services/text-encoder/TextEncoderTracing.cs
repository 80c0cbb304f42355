using System.Diagnostics;
using Phenaki.TextEncoder.Encoding;

namespace Phenaki.TextEncoder;

/// <summary>Spans of the service.</summary>
internal static class TextEncoderTracing
{
    private static readonly ActivitySource Source = new("Phenaki.TextEncoder", typeof(TextEncoderTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>A prompt, its wait for the batch included.</summary>
    /// <returns>Null when nobody records it.</returns>
    public static Activity? Prompt(int index) => Source.StartActivity("encode prompt")?.SetTag("phenaki.prompt", index);

    /// <summary>A batch, on the model's thread: it belongs to the first of its prompts that is recorded, and is linked to the others.</summary>
    /// <returns>Null when nobody records it.</returns>
    public static Activity? Batch(IReadOnlyList<Prompt> prompts)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var recorded = prompts.Select(prompt => prompt.Span).Where(span => (span.TraceFlags & ActivityTraceFlags.Recorded) != 0).ToArray();
        return recorded.Length == 0
            ? null
            : Source.StartActivity("batch", ActivityKind.Internal, recorded[0], links: recorded.Skip(1).Select(span => new ActivityLink(span)))
                ?.SetTag("phenaki.prompts", prompts.Count);
    }
}
