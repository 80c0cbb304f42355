namespace Phenaki.Orchestrator.Durable;

/// <summary>What is logged of stories that outlive their clients.</summary>
internal static partial class DurableStoryLog
{
    [LoggerMessage(6101, LogLevel.Information, "Stories are kept under the name {Cluster}; this process answers the others at {Address}.")]
    public static partial void Started(ILogger logger, string cluster, string address);

    [LoggerMessage(6102, LogLevel.Warning, "Stories cannot be kept now, and it is tried again in {Delay}: {Problem}")]
    public static partial void NotStarted(ILogger logger, TimeSpan delay, string problem);

    [LoggerMessage(6103, LogLevel.Information, "Story {Story} goes on after event {Number}.")]
    public static partial void Resumed(ILogger logger, string story, long number);

    [LoggerMessage(6104, LogLevel.Information, "Story {Story} ended as {State}.")]
    public static partial void Ended(ILogger logger, string story, string state);

    [LoggerMessage(6105, LogLevel.Warning, "Story {Story} failed: {Problem}")]
    public static partial void StoryFailed(ILogger logger, string story, string problem);

    [LoggerMessage(6106, LogLevel.Error, "Story {Story} failed.")]
    public static partial void Bug(ILogger logger, Exception exception, string story);

    [LoggerMessage(6107, LogLevel.Warning, "Story {Story} waits: {Problem}")]
    public static partial void Waiting(ILogger logger, string story, string problem);

    [LoggerMessage(6108, LogLevel.Warning, "Story {Story} is laid aside here, and taken up again soon: {Problem}")]
    public static partial void LaidAside(ILogger logger, string story, string problem);

    [LoggerMessage(6109, LogLevel.Warning, "The other orchestrators take this process for dead, so it joins them anew: {Problem}")]
    public static partial void DeclaredDead(ILogger logger, string problem);
}
