using Grpc.Core;
using Grpc.Core.Interceptors;
using Phenaki.ServiceDefaults.Draining;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Stands around everything else that stands around a call, so that it sees the status that the client sees.</summary>
internal sealed class CallMetricsInterceptor(CallMetrics metrics, Drain drain, TimeProvider time) : Interceptor
{
    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => continuation(request, context));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => continuation(requestStream, context));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => Completed(continuation(request, responseStream, context)));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => Completed(continuation(requestStream, responseStream, context)));

    private static async Task<bool> Completed(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> MeasureAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        var method = GrpcMethod.Of(context.Method);
        if (!method.IsOurs)
        {
            return await call();
        }

        UnservedCalls.MarkServed(context.GetHttpContext());
        var start = time.GetTimestamp();
        var status = StatusCode.Unknown;
        try
        {
            var answer = await call();
            status = context.Status.StatusCode;
            return answer;
        }
        catch (RpcException error)
        {
            status = error.StatusCode;
            if (RefusalReasons.Of(error, drain.Refuses) is { } reason)
            {
                metrics.Refused(method, reason);
            }

            throw;
        }
        finally
        {
            metrics.Ended(method, status, time.GetElapsedTime(start));
        }
    }
}
