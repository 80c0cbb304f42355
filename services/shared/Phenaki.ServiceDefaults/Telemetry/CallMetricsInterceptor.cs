using Grpc.Core;
using Phenaki.ServiceDefaults.Draining;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Stands around everything else that stands around a call, so that it sees the status that the client sees.</summary>
internal sealed class CallMetricsInterceptor(CallMetrics metrics, Drain drain, TimeProvider time) : CallInterceptor
{
    /// <inheritdoc/>
    protected override async Task<T> RunAsync<T>(ServerCallContext context, Func<ServerCallContext, Task<T>> call)
    {
        var method = GrpcMethod.Of(context.Method);
        if (!method.IsOurs)
        {
            return await call(context);
        }

        UnservedCalls.MarkServed(context.GetHttpContext());
        var start = time.GetTimestamp();
        var status = StatusCode.Unknown;
        try
        {
            var answer = await call(context);
            status = context.Status.StatusCode;
            return answer;
        }
        catch (RpcException error)
        {
            status = error.StatusCode;
            metrics.Failed(method, error, drain.Refuses);
            throw;
        }
        finally
        {
            metrics.Ended(method, status, time.GetElapsedTime(start));
        }
    }
}
