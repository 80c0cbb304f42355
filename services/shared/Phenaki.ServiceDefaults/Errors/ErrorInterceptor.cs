using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>Stands around every call: turns exceptions into errors that a client can act on.</summary>
internal sealed class ErrorInterceptor(
    IHostApplicationLifetime lifetime, IOptions<ErrorTranslation> translation, TimeProvider time, ILogger<ErrorInterceptor> logger) : CallInterceptor
{
    private static readonly TimeSpan RetryAfterDrain = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override IAsyncStreamReader<T> Reader<T>(IAsyncStreamReader<T> inner) => new ReadableStream<T>(inner);

    /// <inheritdoc/>
    protected override async Task<T> RunAsync<T>(ServerCallContext context, Func<ServerCallContext, Task<T>> call)
    {
        try
        {
            return await call(context);
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
