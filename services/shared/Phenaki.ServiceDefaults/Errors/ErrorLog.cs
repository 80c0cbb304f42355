using Microsoft.Extensions.Logging;

namespace Phenaki.ServiceDefaults.Errors;

internal static partial class ErrorLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Method} failed; the client was told the id {Id}.")]
    public static partial void Bug(ILogger logger, Exception exception, string method, string id);

    [LoggerMessage(1002, LogLevel.Debug, "{Method} ended because its client left or its deadline passed ({Exception}).")]
    public static partial void CallLeft(ILogger logger, string method, string exception);
}
