namespace Phenaki.Orchestrator.Videos;

/// <summary>What is logged of the videos API.</summary>
internal static partial class VideoLog
{
    [LoggerMessage(6201, LogLevel.Error, "{Method} {Path} failed; the client was told the id {Id}.")]
    public static partial void Bug(ILogger logger, Exception exception, string method, string path, string id);
}
