using Grpc.Core;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests.Fakes;

internal static class WireScope
{
    public static CallScope Of(ServerCallContext context) => new(
        context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline, TimeSpan.Zero), context.CancellationToken);
}
