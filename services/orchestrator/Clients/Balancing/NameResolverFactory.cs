using System.Net;
using Grpc.Net.Client.Balancer;

namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>Makes a <see cref="NameResolver"/> for each channel to a <c>dns:///</c> address.</summary>
internal sealed class NameResolverFactory(TimeSpan interval, Func<string, CancellationToken, Task<IPAddress[]>> look, TimeProvider time) : ResolverFactory
{
    /// <inheritdoc/>
    public override string Name => "dns";

    /// <inheritdoc/>
    public override Resolver Create(ResolverOptions options) => new NameResolver(options.Address, interval, look, time, options.LoggerFactory);
}
