using Grpc.Core;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.ServiceDefaults.Pace;

/// <summary>Writes messages to a client, and waits only so long for one that does not read.</summary>
/// <param name="inner">Writes.</param>
/// <param name="limit">Longest wait for one message.</param>
/// <param name="time">The clock.</param>
/// <param name="abort">Resets the call: no status can reach a client behind what it does not read.</param>
internal sealed class PatientWriter<T>(IServerStreamWriter<T> inner, TimeSpan limit, TimeProvider time, Action abort) : IServerStreamWriter<T>
{
    /// <inheritdoc/>
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    /// <inheritdoc/>
    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        var writing = inner.WriteAsync(message, cancellationToken);
        if (!writing.IsCompleted)
        {
            using var late = new CancellationTokenSource(limit, time);
            await using var _ = late.Token.UnsafeRegister(static state => ((Action)state!)(), abort);
            try
            {
                await writing;
                return;
            }
            catch (Exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw RpcErrors.ClientTooSlow(FormattableString.Invariant($"The client read nothing for {limit.TotalSeconds:0.###} seconds."));
            }
        }

        await writing;
    }
}
