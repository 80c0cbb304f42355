using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Phenaki.Media;
using Phenaki.Models.Folders;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.Cli;

/// <summary>What is said about a failure, and the exit code for it. Never a stack trace.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Lines">What is said.</param>
internal sealed record ErrorReport(int ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>Puts a failure into words.</summary>
    public static ErrorReport Of(Exception failure) => failure switch
    {
        CliException said => new(said.ExitCode, said.Messages),
        OperationCanceledException => new(ExitCodes.Cancelled, ["Cancelled."]),
        RpcException { StatusCode: StatusCode.Cancelled } => new(ExitCodes.Cancelled, ["Cancelled."]),
        RpcException refused => Of(refused),
        OptionsValidationException settings => new(ExitCodes.Usage, [.. settings.Failures]),
        MediaException or ModelFormatException or StartupException or IOException or UnauthorizedAccessException =>
            new(ExitCodes.Failure, [Sentence(failure)]),
        _ => new(ExitCodes.Failure, [$"This is a mistake of the program ({failure.GetType().Name}): {failure.GetBaseException().Message}"]),
    };

    private static string Sentence(Exception failure) => failure is IOException { InnerException: AddressInUseException }
        ? $"{failure.Message} Stop the program that listens there, or choose another port with --port."
        : failure.Message;

    private static ErrorReport Of(RpcException failure)
    {
        var violations = Violations(failure);
        return failure.StatusCode == StatusCode.InvalidArgument
            ? new(ExitCodes.Usage, violations.Count > 0 ? violations : [failure.Status.Detail])
            : new(ExitCodes.Failure, [failure.Status.Detail, .. violations]);
    }

    private static List<string> Violations(RpcException failure)
    {
        try
        {
            return [.. failure.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Select(v => $"{v.Field} {v.Description}") ?? []];
        }
        catch (Exception damaged) when (damaged is InvalidProtocolBufferException or InvalidOperationException)
        {
            // The details come from the other side; without them the status still says what it says.
            return [];
        }
    }
}
