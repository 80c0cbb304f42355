using Grpc.Core;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Draining;

/// <summary>Refuses new calls once the process stops, and ends those in flight when their grace is over.</summary>
internal sealed class DrainInterceptor(Drain drain) : CallInterceptor
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task<T> RunAsync<T>(ServerCallContext context, Func<ServerCallContext, Task<T>> call)
    {
        // Health and reflection answer to the end: they tell balancers that this replica leaves.
        if (!GrpcMethod.Of(context.Method).IsOurs)
        {
            return await call(context);
        }

        if (drain.Refuses)
        {
            throw Leaving("The service is shutting down; another replica can take the call.");
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Expired);
        try
        {
            return await call(new BoundedCallContext(context, ends.Token));
        }
        catch (Exception failure) when (
            drain.Expired.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested
            && failure is not RpcException { StatusCode: not StatusCode.Cancelled })
        {
            throw Leaving("The service is shutting down and could not finish the call in time; another replica can take it.");
        }
    }

    private static RpcException Leaving(string message) => RpcErrors.Unavailable(message, RetryAfter);
}
