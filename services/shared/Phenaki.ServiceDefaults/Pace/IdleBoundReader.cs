using Grpc.Core;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.ServiceDefaults.Pace;

/// <summary>Reads a client's messages, and waits for each only so long.</summary>
/// <param name="inner">Reads.</param>
/// <param name="limit">Longest wait for a message.</param>
/// <param name="mayRest">True where only the first message is waited for so long, and any other for ever.</param>
/// <param name="time">The clock.</param>
internal sealed class IdleBoundReader<T>(IAsyncStreamReader<T> inner, TimeSpan limit, bool mayRest, TimeProvider time) : IAsyncStreamReader<T>
{
    private bool _hasBegun;

    /// <inheritdoc/>
    public T Current => inner.Current;

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="RpcException">DEADLINE_EXCEEDED with ErrorInfo: nothing came in time.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (mayRest && _hasBegun)
        {
            return await inner.MoveNext(cancellationToken);
        }

        _hasBegun = true;
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
