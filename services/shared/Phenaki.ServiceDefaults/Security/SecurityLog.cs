using Microsoft.Extensions.Logging;

namespace Phenaki.ServiceDefaults.Security;

internal static partial class SecurityLog
{
    [LoggerMessage(1301, LogLevel.Information, "{What} was read again from {Files}.")]
    public static partial void Reloaded(ILogger logger, string what, string files);

    [LoggerMessage(1302, LogLevel.Warning, "{What} stays as it was, since what its files hold now cannot be used: {Problem}")]
    public static partial void KeptLast(ILogger logger, string what, string problem);

    [LoggerMessage(1303, LogLevel.Information, "A certificate was refused ({Subject}): {Problem}")]
    public static partial void Refused(ILogger logger, string subject, string problem);
}
