using System.Diagnostics.CodeAnalysis;
using Google.Rpc;
using Grpc.Core;
using StatusCode = Grpc.Core.StatusCode;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Says in OpenAI's form what gRPC says in its own.</summary>
internal static class VideoErrors
{
    private const string ServerError = "server_error";
    private const int ClientLeft = 499;

    /// <summary>Status of HTTP and error.</summary>
    public static (int Status, VideoError Error) Of(RpcException failure)
    {
        var (status, type, code) = failure.StatusCode switch
        {
            StatusCode.InvalidArgument => (StatusCodes.Status400BadRequest, VideoException.InvalidRequest, "invalid_value"),
            StatusCode.FailedPrecondition => (StatusCodes.Status400BadRequest, VideoException.InvalidRequest, Reason(failure)),
            StatusCode.Unauthenticated => (StatusCodes.Status401Unauthorized, VideoException.InvalidRequest, "invalid_api_key"),
            StatusCode.PermissionDenied => (StatusCodes.Status403Forbidden, VideoException.InvalidRequest, Reason(failure)),
            StatusCode.NotFound => (StatusCodes.Status404NotFound, VideoException.InvalidRequest, Reason(failure)),
            StatusCode.AlreadyExists => (StatusCodes.Status409Conflict, VideoException.InvalidRequest, Reason(failure)),
            StatusCode.ResourceExhausted => (StatusCodes.Status429TooManyRequests, "rate_limit_error", "rate_limit_exceeded"),
            StatusCode.Cancelled => (ClientLeft, VideoException.InvalidRequest, "cancelled"),
            StatusCode.Unavailable => (StatusCodes.Status503ServiceUnavailable, ServerError, "unavailable"),
            StatusCode.DeadlineExceeded => (StatusCodes.Status504GatewayTimeout, ServerError, "timeout"),
            _ => (StatusCodes.Status500InternalServerError, ServerError, "internal"),
        };
        return (status, new(failure.Status.Detail, type, null, code));
    }

    /// <summary>What is told of a request that breaks off, or is larger than is allowed.</summary>
    public static (int Status, VideoError Error) Of(BadHttpRequestException failure) =>
        (failure.StatusCode, new(failure.Message, VideoException.InvalidRequest, null, "invalid_body"));

    /// <summary>A word for the status that a story failed with.</summary>
    public static string Code(int status) => Enum.IsDefined((StatusCode)status) ? Snake(((StatusCode)status).ToString()) : "unknown";

    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "Codes of errors are in lower case.")]
    private static string Reason(RpcException failure) =>
        failure.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason.ToLowerInvariant() ?? Snake(failure.StatusCode.ToString());

    private static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
