using Google.Protobuf;
using Grpc.Core;

namespace Phenaki.Testing.Services;

/// <summary>Reads the details of an error as a client in any language does.</summary>
public static class RpcErrorAssertions
{
    /// <summary>The detail of the given type; throws when the error has none.</summary>
    public static T Detail<T>(this RpcException exception)
        where T : class, IMessage<T>, new()
    {
        var status = exception.GetRpcStatus() ?? throw new InvalidOperationException($"{exception.Status} has no details.");
        return status.GetDetail<T>() ?? throw new InvalidOperationException($"{exception.Status} has no {typeof(T).Name}.");
    }

    /// <summary>The fields of a BadRequest, in order.</summary>
    public static string[] Fields(this RpcException exception) => [.. exception.Detail<Google.Rpc.BadRequest>().FieldViolations.Select(v => v.Field)];

    /// <summary>The violations of a BadRequest as "field: description", in order.</summary>
    public static string[] Violations(this RpcException exception) =>
        [.. exception.Detail<Google.Rpc.BadRequest>().FieldViolations.Select(v => $"{v.Field}: {v.Description}")];
}
