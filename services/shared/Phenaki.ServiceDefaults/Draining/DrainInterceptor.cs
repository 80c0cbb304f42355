using Grpc.Core;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Draining;

/// <summary>Refuses new calls once the process stops, and ends those in flight when their grace is over.</summary>
internal sealed class DrainInterceptor(Drain drain) : CallInterceptor
{
    /// <inheritdoc/>
    protected override Task<T> RunAsync<T>(ServerCallContext context, Func<ServerCallContext, Task<T>> call) =>
        GrpcMethod.Of(context.Method).IsOurs
            ? drain.RunAsync(ends => call(new BoundedCallContext(context, ends)), context.CancellationToken)

            // Health and reflection answer to the end: they tell balancers that this replica leaves.
            : call(context);
}
