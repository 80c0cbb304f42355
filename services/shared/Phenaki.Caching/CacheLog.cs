using Microsoft.Extensions.Logging;

namespace Phenaki.Caching;

internal static partial class CacheLog
{
    [LoggerMessage(2001, LogLevel.Warning, "The cache does not answer; it is left alone for {Duration} and every look-up is a miss.")]
    public static partial void CircuitOpened(this ILogger logger, TimeSpan duration);

    [LoggerMessage(2002, LogLevel.Information, "The cache answers again.")]
    public static partial void CircuitClosed(this ILogger logger);

    [LoggerMessage(2003, LogLevel.Debug, "Cache operation {Operation} failed: {Failure}.")]
    public static partial void OperationFailed(this ILogger logger, Exception error, string operation, CacheFailure failure);

    [LoggerMessage(2004, LogLevel.Warning, "A {Kind} value in the cache was not used: {Reason}.")]
    public static partial void ValueRefused(this ILogger logger, string kind, CacheMissReason reason);
}
