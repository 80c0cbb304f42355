using Grpc.Core;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.ServiceDefaults.Pace;

/// <summary>Reads a client's messages, and waits for each only so long.</summary>
internal sealed class IdleBoundReader<T>(IAsyncStreamReader<T> inner, TimeSpan limit, TimeProvider time) : IAsyncStreamReader<T>
{
    /// <inheritdoc/>
    public T Current => inner.Current;

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="RpcException">DEADLINE_EXCEEDED with ErrorInfo: nothing came in time.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await inner.MoveNext(either.Token);
        }
        catch (Exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw RpcErrors.ClientTooSlow(FormattableString.Invariant($"The client sent nothing for {limit.TotalSeconds:0.###} seconds on a stream that it left open."));
        }
    }
}
