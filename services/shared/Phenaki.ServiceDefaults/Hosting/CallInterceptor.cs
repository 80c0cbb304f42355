using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>Stands around every call alike, whichever of the four kinds it is of.</summary>
internal abstract class CallInterceptor : Interceptor
{
    /// <inheritdoc/>
    public sealed override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => continuation(request, within));

    /// <inheritdoc/>
    public sealed override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => continuation(Reader(requestStream), within));

    /// <inheritdoc/>
    public sealed override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => Completed(continuation(request, responseStream, within)));

    /// <inheritdoc/>
    public sealed override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, within => Completed(continuation(Reader(requestStream), responseStream, within)));

    /// <summary>Makes a call.</summary>
    /// <param name="context">The call.</param>
    /// <param name="call">Goes on with it, or with another context in its place.</param>
    protected abstract Task<T> RunAsync<T>(ServerCallContext context, Func<ServerCallContext, Task<T>> call);

    /// <summary>What the call reads its requests from; the client's stream itself unless overridden.</summary>
    protected virtual IAsyncStreamReader<T> Reader<T>(IAsyncStreamReader<T> inner)
        where T : class => inner;

    private static async Task<bool> Completed(Task task)
    {
        await task;
        return true;
    }
}
