using System.Diagnostics.CodeAnalysis;
using Google.Rpc;
using Grpc.Core;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Why calls are refused, in words for metrics.</summary>
internal static class RefusalReasons
{
    /// <summary>RESOURCE_EXHAUSTED that names no other reason.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>UNAVAILABLE while the process stops.</summary>
    public const string Draining = "draining";

    /// <summary>UNAVAILABLE otherwise: the model loads, or a service that is needed is away.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>INVALID_ARGUMENT.</summary>
    public const string InvalidArgument = "invalid_argument";

    /// <summary>DEADLINE_EXCEEDED at once: by the present estimate the work would be done too late.</summary>
    public const string Deadline = "deadline_cannot_be_met";

    /// <summary>Those that every service has.</summary>
    public static readonly string[] Common = [QueueFull, Draining, Unavailable, InvalidArgument, Deadline];

    /// <summary>
    /// Why a call was refused: the reason of the error's ErrorInfo in lower case, else a word for its status. Null for a call that was not refused
    /// but failed or was given up.
    /// </summary>
    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "The convention for label values is lower case.")]
    public static string? Of(RpcException error, bool isDraining) => error.StatusCode switch
    {
        StatusCode.InvalidArgument => InvalidArgument,
        StatusCode.Unavailable => isDraining ? Draining : Unavailable,
        StatusCode.ResourceExhausted => Named(error) ?? QueueFull,
        StatusCode.DeadlineExceeded => Named(error),
        StatusCode.FailedPrecondition or StatusCode.Unauthenticated or StatusCode.PermissionDenied => Named(error) ?? error.StatusCode.ToString().ToLowerInvariant(),
        _ => null,
    };

    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "The convention for label values is lower case.")]
    private static string? Named(RpcException error) => error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason.ToLowerInvariant();
}
