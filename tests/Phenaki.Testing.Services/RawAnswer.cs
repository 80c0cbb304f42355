using System.Net;
using Google.Rpc;
using Grpc.Core;

namespace Phenaki.Testing.Services;

/// <summary>What came back for bytes.</summary>
/// <param name="Http">Status of HTTP.</param>
/// <param name="Code">Status of gRPC; null where there is none, or the call was cancelled since enough had come.</param>
/// <param name="Body">Messages of the answer, framed.</param>
/// <param name="Message">The status message.</param>
/// <param name="Details">The trailer grpc-status-details-bin, as it came.</param>
public sealed record RawAnswer(HttpStatusCode Http, StatusCode? Code, byte[] Body, string Message, string Details)
{
    /// <summary>The violations of the BadRequest in the details.</summary>
    public IReadOnlyList<BadRequest.Types.FieldViolation> Violations()
    {
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(Details.PadRight((Details.Length + 3) / 4 * 4, '=')));
        return status.Details.Single().Unpack<BadRequest>().FieldViolations;
    }
}
