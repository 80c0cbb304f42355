using Microsoft.Extensions.Logging;

namespace Phenaki.ServiceDefaults.Startup;

internal static partial class StartupLog
{
    [LoggerMessage(1101, LogLevel.Information, "{Service} is ready.")]
    public static partial void Ready(ILogger logger, string service);

    [LoggerMessage(1102, LogLevel.Critical, "{Service} cannot start: {Message}")]
    public static partial void Failed(ILogger logger, string service, string message);

    [LoggerMessage(1103, LogLevel.Debug, "Why {Service} cannot start:")]
    public static partial void FailedDetails(ILogger logger, Exception exception, string service);
}
