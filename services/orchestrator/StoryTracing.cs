using System.Diagnostics;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator;

/// <summary>Spans of the orchestrator; the calls that it makes are below them.</summary>
internal static class StoryTracing
{
    private static readonly ActivitySource Source = new("Phenaki.Orchestrator", typeof(StoryTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>Getting the embeddings of all prompts of a story.</summary>
    /// <returns>Null when nobody records it.</returns>
    public static Activity? Prompts() => Source.StartActivity("prompts");

    /// <summary>Making a clip, from the look-up of its frames to their decoding.</summary>
    /// <returns>Null when nobody records it.</returns>
    public static Activity? Clip(ClipPlan clip) => Source.StartActivity("clip")
        ?.SetTag("phenaki.scene", clip.Scene).SetTag("phenaki.clip", clip.Clip).SetTag("phenaki.new_frames", clip.NewFrames);

    /// <summary>Says where what the clip is made of came from.</summary>
    public static void Made(this Activity? span, ClipReport report) => span
        ?.SetTag("phenaki.tokens_from_cache", report.TokensFromCache).SetTag("phenaki.frames_from_cache", report.FramesFromCache);
}
