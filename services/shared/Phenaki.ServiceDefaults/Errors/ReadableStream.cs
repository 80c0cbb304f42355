using Google.Protobuf;
using Grpc.Core;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>The messages of a client; what gRPC cannot read among them is the client's fault, not a bug of the service that reads.</summary>
internal sealed class ReadableStream<T>(IAsyncStreamReader<T> messages) : IAsyncStreamReader<T>
{
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
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException
            || (exception as RpcException)?.StatusCode == StatusCode.Internal)
        {
            // No message, packed wrongly or with an unknown flag, a frame that ends early.
            throw RpcErrors.Unreadable();
        }
    }
}
