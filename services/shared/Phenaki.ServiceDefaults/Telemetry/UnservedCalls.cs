using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>
/// Measures calls that no interceptor sees, because they end before they reach a service: unknown methods, and messages that cannot be read or are
/// too large. Stands around whatever answers those.
/// </summary>
internal static class UnservedCalls
{
    private static readonly object Served = new();

    /// <summary>Says that an interceptor measures a call.</summary>
    public static void MarkServed(HttpContext context) => context.Items[Served] = true;

    /// <summary>Runs a call and measures it if nobody else does.</summary>
    public static async Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        var start = time.GetTimestamp();
        await next(context);
        if (context.Items.ContainsKey(Served) || Status(context) is not { } status)
        {
            return;
        }

        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
        {
            span.SetTag(GrpcSpans.PathTag, context.Request.Path.Value);
            span.SetTag(GrpcSpans.StatusTag, ((int)status).ToString(CultureInfo.InvariantCulture));
        }

        // Methods that do not exist are not counted: their names are whatever clients make up.
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is { } known && GrpcMethod.Of(known.Method.FullName) is { IsOurs: true } method)
        {
            var metrics = context.RequestServices.GetRequiredService<CallMetrics>();
            metrics.Ended(method, status, time.GetElapsedTime(start));
            metrics.Failed(method, new RpcException(new Status(status, "")), isDraining: false);
        }
    }

    private static StatusCode? Status(HttpContext context)
    {
        var trailers = context.Response.HasStarted ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers : context.Response.Headers;
        return trailers is not null && trailers.TryGetValue("grpc-status", out var text) && int.TryParse((string?)text, CultureInfo.InvariantCulture, out var code) ? (StatusCode)code : null;
    }
}
