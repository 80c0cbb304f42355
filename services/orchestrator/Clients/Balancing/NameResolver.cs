using System.Net;
using Grpc.Core;
using Grpc.Net.Client.Balancer;

namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>
/// Finds the replicas behind a name: at the start, from time to time, and soon after a connection was lost, when replicas may have been
/// replaced. gRPC's own does not look twice within 15 seconds, in which a rolling update can replace them all.
/// </summary>
internal sealed class NameResolver : PollingResolver
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);
    private const int DefaultPort = 80;

    private readonly string _name;
    private readonly int _port;
    private readonly TimeSpan _interval;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _look;
    private readonly TimeProvider _time;
    private ITimer? _timer;
    private long? _looked;

    /// <summary>Prepares to look.</summary>
    /// <param name="target">As in <c>dns:///host:port</c>.</param>
    /// <param name="interval">Time between two looks when nothing happens.</param>
    /// <param name="look">Asks DNS.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Told of failures.</param>
    public NameResolver(
        Uri target, TimeSpan interval, Func<string, CancellationToken, Task<IPAddress[]>> look, TimeProvider time, ILoggerFactory logs)
        : base(logs)
    {
        // Behind three slashes host and port are a path to the parser of URLs.
        var named = new Uri($"dns://{target.AbsolutePath.TrimStart('/')}");
        _name = named.IdnHost;
        _port = named.Port < 0 ? DefaultPort : named.Port;
        _interval = interval;
        _look = look;
        _time = time;
    }

    /// <inheritdoc/>
    protected override void OnStarted()
    {
        base.OnStarted();
        _timer = _time.CreateTimer(_ => LookAgain(), null, _interval, _interval);
    }

    /// <inheritdoc/>
    protected override async Task ResolveAsync(CancellationToken cancellationToken)
    {
        if (_looked is { } looked && LeastInterval - _time.GetElapsedTime(looked) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, cancellationToken);
        }

        _looked = _time.GetTimestamp();
        try
        {
            var found = await _look(_name, cancellationToken);
            Listener(ResolverResult.ForResult([.. found.Select(address => new BalancerAddress(address.ToString(), _port))]));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Those that are connected go on; without any, this is what calls end with.
            Listener(ResolverResult.ForFailure(new Status(StatusCode.Unavailable, $"The name '{_name}' cannot be resolved: {failure.Message}", failure)));
            _timer?.Change(LeastInterval, _interval);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _timer?.Dispose();
        base.Dispose(disposing);
    }

    private void LookAgain()
    {
        try
        {
            Refresh();
        }
        catch (ObjectDisposedException)
        {
            // The timer went off while the channel was closed.
        }
    }
}
