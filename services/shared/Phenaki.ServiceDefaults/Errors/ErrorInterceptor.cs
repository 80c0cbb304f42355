using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>Stands around every call: turns exceptions into errors that a client can act on.</summary>
internal sealed class ErrorInterceptor(
    IHostApplicationLifetime lifetime, IOptions<ErrorTranslation> translation, TimeProvider time, ILogger<ErrorInterceptor> logger) : Interceptor
{
    private static readonly TimeSpan RetryAfterDrain = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(request, context));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(new ReadableStream<TRequest>(requestStream), context));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => Completed(continuation(request, responseStream, context)));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => Completed(continuation(new ReadableStream<TRequest>(requestStream), responseStream, context)));

    private static async Task<bool> Completed(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> GuardAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException)
        {
            throw;
        }
        catch (Exception exception) when (context.CancellationToken.IsCancellationRequested)
        {
            ErrorLog.CallLeft(logger, context.Method, exception.GetType().Name);
            throw new RpcException(context.Deadline <= time.GetUtcNow().UtcDateTime
                ? new Status(StatusCode.DeadlineExceeded, "The deadline has passed.")
                : new Status(StatusCode.Cancelled, "The call was cancelled."));
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw Draining();
        }
        catch (Exception exception)
        {
            if (translation.Value.Translate(exception) is { } answer)
            {
                throw answer;
            }

            if (context.Deadline <= time.GetUtcNow().UtcDateTime)
            {
                // A call is answered at its deadline first and cancelled then: a write in between fails before the token tells why.
                ErrorLog.CallLeft(logger, context.Method, exception.GetType().Name);
                throw new RpcException(new Status(StatusCode.DeadlineExceeded, "The deadline has passed."));
            }

            var id = context.GetHttpContext().TraceIdentifier;
            ErrorLog.Bug(logger, exception, context.Method, id);
            throw RpcErrors.Internal(id);
        }
    }

    private static RpcException Draining() => RpcErrors.Unavailable("The service is shutting down; another replica can take the call.", RetryAfterDrain);
}
