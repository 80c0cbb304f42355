namespace Phenaki.Orchestrator.Stories;

/// <summary>How a clip came about.</summary>
/// <param name="Clip">Number of the clip in its scene.</param>
/// <param name="TokensFromCache">True when nothing was sampled for it.</param>
/// <param name="FramesFromCache">True when nothing was decoded for it.</param>
/// <param name="Frames">New frames.</param>
/// <param name="Sampling">Time spent sampling.</param>
/// <param name="Tokenizer">Time spent encoding its prefix and decoding.</param>
internal sealed record ClipReport(
    int Clip, bool TokensFromCache, bool FramesFromCache, int Frames, TimeSpan Sampling, TimeSpan Tokenizer);
