using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using OpenTelemetry;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>
/// Gives the spans of gRPC calls, which ASP.NET Core and Grpc.Net.Client begin and end, the names, attributes and status of OpenTelemetry's
/// conventions for gRPC. Also of calls that no interceptor sees: unknown methods, messages that are too large.
/// </summary>
internal sealed class GrpcSpans : BaseProcessor<Activity>
{
    // What Grpc.AspNetCore and Grpc.Net.Client leave on a span.
    internal const string PathTag = "grpc.method";
    internal const string StatusTag = "grpc.status_code";

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Kind is not (ActivityKind.Server or ActivityKind.Client) || data.GetTagItem(PathTag) is not string path)
        {
            return;
        }

        var method = GrpcMethod.Of(path);
        if (!method.IsOurs)
        {
            // Health is asked for every few seconds and would bury everything else.
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        data.DisplayName = method.ToString();
        data.SetTag("rpc.system", "grpc");
        data.SetTag("rpc.service", method.Service);
        data.SetTag("rpc.method", method.Method);

        // Without a status the connection broke before there was one.
        var code = int.TryParse(Convert.ToString(data.GetTagItem(StatusTag), CultureInfo.InvariantCulture), out var number)
            ? (StatusCode)number
            : data.Kind == ActivityKind.Server ? StatusCode.Cancelled : StatusCode.Unknown;
        data.SetTag("rpc.grpc.status_code", (int)code);
        data.SetTag(PathTag, null);
        data.SetTag(StatusTag, null);
        data.SetStatus(IsError(code, data.Kind) ? ActivityStatusCode.Error : ActivityStatusCode.Unset, IsError(code, data.Kind) ? code.ToString() : null);
    }

    /// <summary>A client's own mistake, or its leaving, is no error of the server; for the client every failure is one.</summary>
    private static bool IsError(StatusCode code, ActivityKind kind) => kind == ActivityKind.Client
        ? code != StatusCode.OK
        : code is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Unimplemented or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss;
}
