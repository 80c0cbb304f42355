using System.Globalization;

namespace Phenaki.Testing;

/// <summary>A Redis Cluster of three servers that share all slots, as processes on loopback.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private readonly List<RedisServerProcess> _nodes = [];

    private RedisCluster()
    {
    }

    /// <summary>The servers.</summary>
    public IReadOnlyList<RedisServerProcess> Nodes => _nodes;

    /// <summary>Addresses as StackExchange.Redis takes them.</summary>
    public string Address => string.Join(',', _nodes.Select(node => node.Address));

    /// <summary>Starts it, or skips the test where there is no redis-server.</summary>
    public static async Task<RedisCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = new RedisCluster();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                // The usual port of the cluster's own traffic, 10,000 above, may not exist.
                var bus = RedisServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
                cluster._nodes.Add(await RedisServerProcess.StartAsync(
                    cancellationToken, "--cluster-enabled", "yes", "--cluster-port", bus));
            }

            await RedisCli.RunAsync(["--cluster", "create", .. cluster._nodes.Select(node => node.Address), "--cluster-replicas", "0", "--cluster-yes"], cancellationToken);
            await Eventually.TrueAsync(async () => await cluster.AllAgreeAsync(cancellationToken), cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Keys that a server holds.</summary>
    public static async Task<int> CountKeysAsync(RedisServerProcess node, CancellationToken cancellationToken) =>
        int.Parse(await RedisCli.RunAsync(["-p", Port(node), "DBSIZE"], cancellationToken), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static string Port(RedisServerProcess node) => node.Port.ToString(CultureInfo.InvariantCulture);

    private async Task<bool> AllAgreeAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes)
        {
            var info = await RedisCli.RunAsync(["-p", Port(node), "CLUSTER", "INFO"], cancellationToken);
            if (!info.Contains("cluster_state:ok", StringComparison.Ordinal) || !info.Contains("cluster_known_nodes:3", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
