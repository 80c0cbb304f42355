using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Phenaki.Testing;

/// <summary>A Redis with one replica, and a sentinel that makes the replica the primary when the primary is gone; processes on loopback.</summary>
public sealed partial class RedisSentinel : IAsyncDisposable
{
    private const string Service = "phenaki";
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = RedisServerProcess.FreePort();
    private Process? _sentinel;
    private Task _draining = Task.CompletedTask;

    private RedisSentinel(RedisServerProcess primary, RedisServerProcess replica)
    {
        Primary = primary;
        Replica = replica;
    }

    /// <summary>The first primary.</summary>
    public RedisServerProcess Primary { get; }

    /// <summary>The first replica.</summary>
    public RedisServerProcess Replica { get; }

    /// <summary>Address of the sentinel and the name of what it watches, as StackExchange.Redis takes them.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port},serviceName={Service}");

    /// <summary>Starts all three, or skips the test where there is no redis-server.</summary>
    public static async Task<RedisSentinel> StartAsync(CancellationToken cancellationToken)
    {
        var primary = await RedisServerProcess.StartAsync(cancellationToken);
        var replica = await RedisServerProcess.StartAsync(
            cancellationToken, "--replicaof", $"127.0.0.1 {primary.Port.ToString(CultureInfo.InvariantCulture)}", "--repl-diskless-sync-delay", "0");
        var sentinel = new RedisSentinel(primary, replica);
        try
        {
            await sentinel.WatchAsync(cancellationToken);
            return sentinel;
        }
        catch
        {
            await sentinel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the replica has all that the primary has been told: what it has not would be lost with the primary.</summary>
    public Task PrimaryHasBeenCopiedAsync(CancellationToken cancellationToken) => Eventually.TrueAsync(
        async () =>
        {
            var told = await RedisCli.RunAsync(["-p", Primary.Port.ToString(CultureInfo.InvariantCulture), "INFO", "replication"], cancellationToken);
            var (all, copied) = (PrimaryOffset().Match(told), ReplicaOffset().Match(told));
            return all.Success && copied.Success && all.Groups["offset"].Value == copied.Groups["offset"].Value;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_sentinel is not null)
        {
            _sentinel.Kill();
            await _sentinel.WaitForExitAsync(CancellationToken.None);
            await _draining;
            _sentinel.Dispose();
        }

        await Replica.DisposeAsync();
        await Primary.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var file = _folder.Of("sentinel.conf");
        await File.WriteAllTextAsync(
            file,
            string.Create(CultureInfo.InvariantCulture, $"""
                port {_port}
                bind 127.0.0.1
                dir {_folder.Path}
                sentinel monitor {Service} 127.0.0.1 {Primary.Port} 1
                sentinel down-after-milliseconds {Service} 500
                sentinel failover-timeout {Service} 2000

                """),
            cancellationToken);
        _sentinel = Process.Start(new ProcessStartInfo("redis-server", [file, "--sentinel"]) { RedirectStandardOutput = true })!;
        while (await _sentinel.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            // It has found the replica: from now on it can choose it.
            if (line.Contains("+slave slave", StringComparison.Ordinal))
            {
                _draining = _sentinel.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        throw new InvalidOperationException("The sentinel ended before it knew the replica.");
    }

    [GeneratedRegex(@"^master_repl_offset:(?<offset>\d+)", RegexOptions.Multiline)]
    private static partial Regex PrimaryOffset();

    [GeneratedRegex(@"^slave0:.*,offset=(?<offset>\d+)", RegexOptions.Multiline)]
    private static partial Regex ReplicaOffset();
}
