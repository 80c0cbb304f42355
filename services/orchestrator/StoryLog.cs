namespace Phenaki.Orchestrator;

/// <summary>What the orchestrator logs.</summary>
internal static partial class StoryLog
{
    [LoggerMessage(6001, LogLevel.Information, "Ready with text encoder {TextEncoder}, video tokenizer {VideoTokenizer} and masked transformer {MaskedTransformer}.")]
    public static partial void ModelsReady(ILogger logger, string textEncoder, string videoTokenizer, string maskedTransformer);

    [LoggerMessage(6002, LogLevel.Information, "Waiting for the services: {Problem}")]
    public static partial void Waiting(ILogger logger, string problem);

    [LoggerMessage(6006, LogLevel.Error, "{Problem}")]
    public static partial void ModelsDoNotFit(ILogger logger, string problem);

    [LoggerMessage(6003, LogLevel.Warning, "A call to the {Service} service is made again ({Attempt}, after {Delay}): {Problem}")]
    public static partial void Resuming(ILogger logger, string service, string problem, int attempt, TimeSpan delay);

    [LoggerMessage(6004, LogLevel.Information, "Story of {Scenes} scenes and {Frames} frames with seed {Seed} begins.")]
    public static partial void StoryBegins(ILogger logger, int scenes, int frames, ulong seed);

    [LoggerMessage(6005, LogLevel.Information, "Story with seed {Seed} finished: {Frames} frames in {Seconds:F1} s, {Sampled} clips sampled.")]
    public static partial void StoryFinished(ILogger logger, ulong seed, int frames, double seconds, int sampled);

    [LoggerMessage(6007, LogLevel.Information, "{Method} from {Peer} was refused: {Problem}")]
    public static partial void CallRefused(ILogger logger, string method, string peer, string problem);
}
