using Google.Rpc;
using Grpc.Core;
using Phenaki.Contracts;

namespace Phenaki.Orchestrator.Clients;

/// <summary>What the calls to a service have in common: their deadline, and the words for their failures.</summary>
/// <param name="service">The service, as people call it: "text-encoder".</param>
/// <param name="address">Where it is looked for.</param>
/// <param name="time">The clock.</param>
internal sealed class ServiceCalls(string service, string address, TimeProvider time)
{
    // What was left of a story's time travels in whole milliseconds and is measured by a clock of its own.
    private static readonly TimeSpan EarlyReset = TimeSpan.FromMilliseconds(50);

    /// <summary>Settings of a call that ends with its story, and after <paramref name="limit"/> at the latest.</summary>
    public CallOptions Options(CallScope scope, TimeSpan limit)
    {
        var deadline = time.GetUtcNow() + limit;
        return new(deadline: (scope.Deadline < deadline ? scope.Deadline.Value : deadline).UtcDateTime, cancellationToken: scope.CancellationToken);
    }

    /// <summary>Makes a call and puts its failure into words.</summary>
    /// <exception cref="ModelServiceException">The service could not do it.</exception>
    /// <exception cref="ModelServiceFaultException">The service did what it must not.</exception>
    /// <exception cref="StoryDeadlineException">The story's time does not suffice.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public async Task<T> RunAsync<T>(CallScope scope, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException) when (scope.CancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(scope.CancellationToken);
        }
        catch (RpcException failure) when (IsOutOfTime(scope, failure))
        {
            throw new StoryDeadlineException(service, failure.Status.Detail, failure);
        }
        catch (RpcException failure) when (Kind(failure) is { } kind)
        {
            throw new ModelServiceException(
                service, kind, kind == ModelServiceFailure.Unreachable ? Cause(failure.Status) : failure.Status.Detail, RetryAfter(failure), failure);
        }
        catch (RpcException failure)
        {
            throw Faulty($"{failure.StatusCode}: {failure.Status.Detail}", failure);
        }
        catch (TensorFormatException failure)
        {
            throw Faulty(failure.Message, failure);
        }
    }

    /// <summary>
    /// Asks for what takes a service no time to say. One that does not answer is as good as gone: with its machine, or its container, goes
    /// whatever would refuse the connection.
    /// </summary>
    /// <param name="scope">How long the story may go on.</param>
    /// <param name="patience">How long the answer is waited for.</param>
    /// <param name="ask">The question.</param>
    /// <inheritdoc cref="RunAsync{T}(CallScope, Func{Task{T}})"/>
    public Task<T> AskAsync<T>(CallScope scope, TimeSpan patience, Func<CallOptions, Task<T>> ask) => RunAsync(scope, async () =>
    {
        try
        {
            return await ask(Options(scope, patience));
        }
        catch (RpcException late) when (late.StatusCode == StatusCode.DeadlineExceeded && !(scope.Deadline <= time.GetUtcNow()))
        {
            throw new ModelServiceException(
                service, ModelServiceFailure.Unreachable, $"{address}: no answer within {patience.TotalSeconds} seconds.", inner: late);
        }
    });

    /// <summary>Sends requests and reads responses at the same time: either side may have to wait for the other.</summary>
    public static async Task ExchangeAsync<TRequest, TResponse>(
        AsyncDuplexStreamingCall<TRequest, TResponse> call,
        IEnumerable<TRequest> requests,
        Func<TResponse, Task> onResponse,
        CancellationToken cancellationToken)
    {
        var sending = SendAsync(call.RequestStream, requests, cancellationToken);
        try
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                await onResponse(response);
            }
        }
        finally
        {
            // The responses decide. A service that has ended the call makes the sending fail too, with less to say about why.
            call.Dispose();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The service answered what its contract does not allow.</summary>
    public ModelServiceFaultException Faulty(string detail, Exception? inner = null) => new(service, detail, inner);

    private static async Task SendAsync<TRequest>(
        IClientStreamWriter<TRequest> stream, IEnumerable<TRequest> requests, CancellationToken cancellationToken)
    {
        foreach (var request in requests)
        {
            await stream.WriteAsync(request, cancellationToken);
        }

        await stream.CompleteAsync();
    }

    // A service that sees the deadline pass resets the stream, which may be noticed before the time is over by the clock on this side.
    private bool IsOutOfTime(CallScope scope, RpcException failure) => failure.StatusCode == StatusCode.DeadlineExceeded
        ? scope.Deadline is not null
        : scope.Deadline <= time.GetUtcNow() + EarlyReset && Kind(failure) == ModelServiceFailure.Unreachable;

    private static ModelServiceFailure? Kind(RpcException failure) => failure.StatusCode switch
    {
        StatusCode.Unavailable => ModelServiceFailure.Unreachable,
        // Not by us: the peer reset the stream, as a server does that is being stopped.
        StatusCode.Cancelled or StatusCode.Aborted => ModelServiceFailure.Unreachable,

        // Not the service's word but gRPC's for what befell the connection: the codes of HTTP/2 alone become INTERNAL, UNKNOWN and RESOURCE_EXHAUSTED.
        StatusCode.Internal or StatusCode.Unknown or StatusCode.ResourceExhausted
            when failure.Status.DebugException is not (null or Google.Protobuf.InvalidProtocolBufferException or InvalidDataException) =>
            ModelServiceFailure.Unreachable,
        StatusCode.ResourceExhausted => ModelServiceFailure.Overloaded,
        StatusCode.DeadlineExceeded => ModelServiceFailure.TimedOut,
        StatusCode.FailedPrecondition or StatusCode.Unauthenticated or StatusCode.PermissionDenied => ModelServiceFailure.Refused,
        _ => null,
    };

    /// <summary>Where the service was looked for, and the innermost cause: "connection refused" helps, "error connecting to subchannel" does not.</summary>
    private string Cause(Grpc.Core.Status status)
    {
        var cause = status.DebugException?.GetBaseException().Message;
        return cause is null || status.Detail.Contains(cause, StringComparison.Ordinal)
            ? $"{address}: {status.Detail}"
            : $"{address}: {status.Detail} {cause}";
    }

    private static TimeSpan? RetryAfter(RpcException failure)
    {
        try
        {
            return failure.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();
        }
        catch (Exception damaged) when (damaged is Google.Protobuf.InvalidProtocolBufferException or InvalidOperationException)
        {
            // Details come from the other side; without them the failure is still a failure.
            return null;
        }
    }
}
