using System.Diagnostics.Metrics;
using System.Globalization;
using Grpc.Core;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Measures the calls that a process answers, in the meter <see cref="MeterName"/>: their time by gRPC status, and refusals by reason.</summary>
internal sealed class CallMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Phenaki.ServiceDefaults";

    // Seconds: a refusal takes no time, a story up to half an hour and more.
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1800];

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _internalErrors;

    /// <summary>Creates the instruments.</summary>
    public CallMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram(
            "rpc.server.call.duration",
            "s",
            "Time of calls, from their first message to their status.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _refusals = meter.CreateCounter<long>("phenaki.refusals", "{call}", "Calls that were refused, by reason.");
        _internalErrors = meter.CreateCounter<long>("phenaki.internal_errors", "{call}", "Calls that ended with a bug: INTERNAL, UNKNOWN, DATA_LOSS.");
    }

    /// <summary>Shows counts that are still 0: one that appears with its first refusal at 1 has not risen, to whoever watches how it rises.</summary>
    public void StartAtZero(string component)
    {
        CountError(component, 0);
        foreach (var reason in RefusalReasons.Common)
        {
            Count(component, reason, 0);
        }
    }

    /// <summary>A call ended.</summary>
    public void Ended(GrpcMethod method, StatusCode status, TimeSpan elapsed)
    {
        _duration.Record(
            elapsed.TotalSeconds,
            new("rpc.service", method.Service),
            new("rpc.method", method.Method),
            new("rpc.grpc.status_code", ((int)status).ToString(CultureInfo.InvariantCulture)));
        if (status is StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss)
        {
            CountError(Components.Of(method.Service), 1);
        }
    }

    /// <summary>A call failed: counted where it was refused.</summary>
    /// <param name="method">What was called.</param>
    /// <param name="error">What the client is told.</param>
    /// <param name="isDraining">Whether the process stops.</param>
    public void Failed(GrpcMethod method, RpcException error, bool isDraining)
    {
        if (RefusalReasons.Of(error, isDraining) is { } reason)
        {
            Count(Components.Of(method.Service), reason, 1);
        }
    }

    private void CountError(string component, int calls) => _internalErrors.Add(calls, new KeyValuePair<string, object?>("component", component));

    private void Count(string component, string reason, int calls) =>
        _refusals.Add(calls, new("component", component), new KeyValuePair<string, object?>("reason", reason));
}
