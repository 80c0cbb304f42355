using Microsoft.Extensions.Logging;

namespace Phenaki.ServiceDefaults.Telemetry;

internal static partial class TelemetryLog
{
    [LoggerMessage(1201, LogLevel.Information, "Metrics are at {Address}.")]
    public static partial void MetricsServed(ILogger logger, string address);

    [LoggerMessage(1202, LogLevel.Warning, "There are no metrics at {Address}: {Problem}")]
    public static partial void MetricsNotServed(ILogger logger, string address, string problem);

    [LoggerMessage(1203, LogLevel.Warning, "The memory of the GPUs is not measured: {Problem}")]
    public static partial void GpusNotMeasured(ILogger logger, string problem);
}
