using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Phenaki.ServiceDefaults.Draining;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>
/// Stands around calls over HTTP that are none of gRPC as the interceptors stand around those: they are measured the same way, refused once the
/// process stops, and ended when their grace is over.
/// </summary>
public sealed class HttpCalls
{
    private readonly CallMetrics _metrics;
    private readonly Drain _drain;
    private readonly TimeProvider _time;

    internal HttpCalls(CallMetrics metrics, Drain drain, TimeProvider time) => (_metrics, _drain, _time) = (metrics, drain, time);

    /// <summary>Answers a call, to the last byte.</summary>
    /// <param name="service">What the call is of, as metrics name it. Its method is the name of its route; one without is not measured: what it asks for is whatever clients make up.</param>
    /// <param name="http">The call. What aborts it is also the end of its grace while it is answered.</param>
    /// <param name="call">Makes the answer.</param>
    /// <param name="explain">Says what went wrong, as gRPC has it, and what the client is told of it.</param>
    public async Task RunAsync(string service, HttpContext http, Func<Task<IResult>> call, Func<Exception, (RpcException Error, IResult Answer)> explain)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(explain);
        var start = _time.GetTimestamp();
        var left = http.RequestAborted;
        var status = StatusCode.OK;
        var method = http.GetEndpoint()?.Metadata.GetMetadata<IRouteNameMetadata>()?.RouteName is { } name ? new GrpcMethod(service, name) : (GrpcMethod?)null;
        try
        {
            await _drain.RunAsync(ends => AnswerAsync(http, call, ends), left);
        }
        catch (Exception) when (left.IsCancellationRequested)
        {
            // Nobody is there to be told.
            status = StatusCode.Cancelled;
        }
        catch (Exception failure)
        {
            http.RequestAborted = left;
            var (error, answer) = explain(failure);
            status = error.StatusCode;
            if (method is { } refused)
            {
                _metrics.Failed(refused, error, _drain.Refuses);
            }

            if (http.Response.HasStarted)
            {
                // A part of an answer must not pass for the whole.
                http.Abort();
                return;
            }

            await answer.ExecuteAsync(http);
        }
        finally
        {
            http.RequestAborted = left;
            if (method is { } ended)
            {
                _metrics.Ended(ended, status, _time.GetElapsedTime(start));
            }
        }
    }

    private static async Task<bool> AnswerAsync(HttpContext http, Func<Task<IResult>> call, CancellationToken ends)
    {
        http.RequestAborted = ends;
        await (await call()).ExecuteAsync(http);

        // A file that is broken off is no error to what sends it.
        ends.ThrowIfCancellationRequested();
        return true;
    }
}
