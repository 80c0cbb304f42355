using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Phenaki.Contracts;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>
/// The errors that services answer with: a <c>google.rpc.Status</c> with details in the trailer <c>grpc-status-details-bin</c> (AIP-193).
/// </summary>
public static class RpcErrors
{
    /// <summary>Domain of every ErrorInfo.</summary>
    public const string Domain = "phenaki";

    /// <summary>Trailer that tells gRPC's own retry how long to wait, in milliseconds (gRFC A6).</summary>
    public const string RetryPushback = "grpc-retry-pushback-ms";

    /// <summary>INVALID_ARGUMENT with a BadRequest that holds every violation.</summary>
    /// <param name="problems">At least one.</param>
    public static RpcException InvalidArgument(IReadOnlyList<FieldProblem> problems)
    {
        var bad = new BadRequest();
        bad.FieldViolations.AddRange(problems.Select(p => new BadRequest.Types.FieldViolation { Field = p.Field, Description = p.Message }));
        var message = problems.Count == 1
            ? problems[0].ToString()
            : string.Create(CultureInfo.InvariantCulture, $"{problems[0]} (and {problems.Count - 1} more)");
        return Create(StatusCode.InvalidArgument, message, bad);
    }

    /// <summary>INVALID_ARGUMENT with a BadRequest: what came is no message at all, so no field can be named.</summary>
    public static RpcException Unreadable() =>
        InvalidArgument([new("", "The request cannot be read: it is no protobuf message of the called method, or its gRPC frame is broken.")]);

    /// <summary>RESOURCE_EXHAUSTED with RetryInfo and the retry trailer: a queue is full.</summary>
    /// <param name="message">For people.</param>
    /// <param name="retryAfter">When to ask again.</param>
    /// <param name="reason">For an ErrorInfo, where it is not the service that has no room: in upper case, as in RATE_LIMIT.</param>
    public static RpcException ResourceExhausted(string message, TimeSpan retryAfter, string? reason = null) => reason is null
        ? Retryable(StatusCode.ResourceExhausted, message, retryAfter)
        : Retryable(StatusCode.ResourceExhausted, message, retryAfter, new ErrorInfo { Domain = Domain, Reason = reason });

    /// <summary>UNAVAILABLE with RetryInfo and the retry trailer: loading, draining, or a service that is needed is down.</summary>
    public static RpcException Unavailable(string message, TimeSpan retryAfter) => Retryable(StatusCode.Unavailable, message, retryAfter);

    /// <summary>DEADLINE_EXCEEDED with ErrorInfo, at once: the deadline cannot be met.</summary>
    public static RpcException DeadlineCannotBeMet(string message) => WithReason(StatusCode.DeadlineExceeded, message, "DEADLINE_CANNOT_BE_MET");

    /// <summary>DEADLINE_EXCEEDED with ErrorInfo: the client neither sent nor read anything for so long that its call was ended.</summary>
    public static RpcException ClientTooSlow(string message) => WithReason(StatusCode.DeadlineExceeded, message, "CLIENT_TOO_SLOW");

    /// <summary>UNAUTHENTICATED with ErrorInfo: the caller does not say who it is, or not so that it can be believed.</summary>
    /// <param name="message">For people; names no secret.</param>
    /// <param name="reason">In upper case, as in API_KEY_MISSING.</param>
    public static RpcException Unauthenticated(string message, string reason) => WithReason(StatusCode.Unauthenticated, message, reason);

    /// <summary>PERMISSION_DENIED with ErrorInfo: we know the caller, and it may not.</summary>
    /// <inheritdoc cref="Unauthenticated"/>
    public static RpcException PermissionDenied(string message, string reason) => WithReason(StatusCode.PermissionDenied, message, reason);

    /// <summary>NOT_FOUND with ErrorInfo.</summary>
    /// <param name="message">Names what there is not.</param>
    /// <param name="reason">In upper case, as in NO_SUCH_STORY.</param>
    public static RpcException NotFound(string message, string reason) => WithReason(StatusCode.NotFound, message, reason);

    /// <summary>ALREADY_EXISTS with ErrorInfo.</summary>
    /// <param name="message">Names what there is.</param>
    /// <param name="reason">In upper case, as in REQUEST_ID_TAKEN.</param>
    public static RpcException AlreadyExists(string message, string reason) => WithReason(StatusCode.AlreadyExists, message, reason);

    /// <summary>FAILED_PRECONDITION with ErrorInfo: models that do not fit each other.</summary>
    /// <param name="message">Names both values.</param>
    /// <param name="reason">In upper case, as in CODEBOOK_MISMATCH.</param>
    /// <param name="metadata">The values by name.</param>
    public static RpcException FailedPrecondition(string message, string reason, params ReadOnlySpan<(string Key, string Value)> metadata) =>
        WithReason(StatusCode.FailedPrecondition, message, reason, metadata);

    /// <summary>INTERNAL: a bug. The wire tells nothing but the id under which the log has the rest.</summary>
    public static RpcException Internal(string id) =>
        WithReason(StatusCode.Internal, $"Internal error; the service's log has it under the id {id}.", "INTERNAL", ("id", id));

    /// <summary>An error that another process of the service has answered with.</summary>
    /// <param name="status">What <c>GetRpcStatus</c> tells of it there.</param>
    public static RpcException Again(Google.Rpc.Status status)
    {
        var trailers = new Metadata();
        trailers.SetRpcStatus(status);
        if (status.GetDetail<RetryInfo>() is { } retry)
        {
            AddPushback(trailers, retry.RetryDelay.ToTimeSpan());
        }

        return new RpcException(new Grpc.Core.Status((StatusCode)status.Code, status.Message), trailers);
    }

    private static RpcException Retryable(StatusCode code, string message, TimeSpan retryAfter, params IEnumerable<Google.Protobuf.IMessage> more)
    {
        var exception = Create(code, message, [new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }, .. more]);
        AddPushback(exception.Trailers, retryAfter);
        return exception;
    }

    private static void AddPushback(Metadata trailers, TimeSpan retryAfter) =>
        trailers.Add(RetryPushback, ((long)Math.Ceiling(retryAfter.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture));

    private static RpcException WithReason(StatusCode code, string message, string reason, params ReadOnlySpan<(string Key, string Value)> metadata)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = reason };
        foreach (var (key, value) in metadata)
        {
            info.Metadata.Add(key, value);
        }

        return Create(code, message, info);
    }

    private static RpcException Create(StatusCode code, string message, params IEnumerable<Google.Protobuf.IMessage> details)
    {
        var trailers = new Metadata();
        trailers.SetRpcStatus(new Google.Rpc.Status { Code = (int)code, Message = message, Details = { details.Select(Any.Pack) } });
        return new RpcException(new Grpc.Core.Status(code, message), trailers);
    }
}
