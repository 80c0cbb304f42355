using Grpc.Core;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>The deadline of a call.</summary>
public static class CallDeadline
{
    /// <summary>When the result is of no use to the client any more; null for never.</summary>
    public static DateTimeOffset? Of(ServerCallContext context) =>
        context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline, TimeSpan.Zero);
}
