using Google.Protobuf;
using Grpc.Core;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>The messages of a client; what gRPC cannot read among them is the client's fault, not a bug of the service that reads.</summary>
internal sealed class ReadableStream<T>(IAsyncStreamReader<T> messages) : IAsyncStreamReader<T>
{
    // What the connection throws is also an IOException, but means that the client has gone.
    private const string GrpcReader = "Grpc.AspNetCore.Server";

    /// <inheritdoc/>
    public T Current => messages.Current;

    /// <inheritdoc/>
    /// <exception cref="RpcException">INVALID_ARGUMENT: what came is no message.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await messages.MoveNext(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException or IOException { Source: GrpcReader }
            || (exception as RpcException)?.StatusCode == StatusCode.Internal)
        {
            // No message, packed wrongly or with an unknown flag, a frame that ends early or says that it is of 2 GiB or more.
            throw RpcErrors.Unreadable();
        }
    }
}
