using System.Diagnostics;
using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>
/// A request that gRPC cannot read never reaches the interceptors, unless it is a message in the middle of a stream, and gRPC answers it with
/// UNKNOWN or INTERNAL, as if the service were at fault. Everything behind the interceptors has a status with details of its own, so those two
/// without any are told apart, and answered with INVALID_ARGUMENT.
/// </summary>
internal static class UnreadableRequests
{
    private const string StatusTrailer = "grpc-status";
    private const string MessageTrailer = "grpc-message";
    private const string DetailsTrailer = "grpc-status-details-bin";
    private static readonly string[] Blamed = [Code(StatusCode.Unknown), Code(StatusCode.Internal)];

    /// <summary>Runs the call and corrects its status.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is null)
        {
            return;
        }

        var trailers = context.Response.HasStarted ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers : context.Response.Headers;
        if (trailers is not { IsReadOnly: false } || !Blamed.Contains((string?)trailers[StatusTrailer]) || trailers.ContainsKey(DetailsTrailer))
        {
            return;
        }

        var answer = RpcErrors.Unreadable();
        trailers[StatusTrailer] = Code(answer.StatusCode);
        trailers[MessageTrailer] = answer.Status.Detail;
        trailers[DetailsTrailer] = Convert.ToBase64String(answer.Trailers.GetValueBytes(DetailsTrailer)!);
        Activity.Current?.SetTag("grpc.status_code", Code(answer.StatusCode));
    }

    private static string Code(StatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);
}
