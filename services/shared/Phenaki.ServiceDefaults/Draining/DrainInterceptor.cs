using Grpc.Core;
using Grpc.Core.Interceptors;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.ServiceDefaults.Draining;

/// <summary>Refuses new calls once the process stops, and ends those in flight when their grace is over.</summary>
internal sealed class DrainInterceptor(Drain drain) : Interceptor
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => continuation(request, within));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => continuation(requestStream, within));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => Completed(continuation(request, responseStream, within)));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => Completed(continuation(requestStream, responseStream, within)));

    private static async Task<bool> Completed(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> RunAsync<T>(ServerCallContext context, Func<ServerCallContext, Task<T>> call)
    {
        // Health and reflection answer to the end: they tell balancers that this replica leaves.
        if (!context.Method.StartsWith("/phenaki.", StringComparison.Ordinal))
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
