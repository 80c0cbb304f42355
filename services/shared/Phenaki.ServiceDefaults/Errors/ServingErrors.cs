using Grpc.Core;
using Phenaki.Serving;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>What a client hears when work is refused or ends before its time.</summary>
internal static class ServingErrors
{
    /// <summary>Adds the refusals of <see cref="Serving"/>.</summary>
    public static void AddTo(ErrorTranslation translation)
    {
        translation.Add<AdmissionRefusedException>(Refused);

        // Only work that had a deadline ends so; the call's own status usually comes first.
        translation.Add<TimeoutException>(exception => new RpcException(new Status(StatusCode.DeadlineExceeded, exception.Message)));
    }

    private static RpcException Refused(AdmissionRefusedException exception) => exception.Refusal.Reason switch
    {
        AdmissionRefusalReason.QueueFull => RpcErrors.ResourceExhausted(exception.Message, exception.Refusal.RetryAfter),
        AdmissionRefusalReason.DeadlineCannotBeMet => RpcErrors.DeadlineCannotBeMet(exception.Message),
        _ => RpcErrors.Unavailable(exception.Message, exception.Refusal.RetryAfter),
    };
}
