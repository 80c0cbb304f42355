using System.Diagnostics;
using System.Globalization;

namespace Phenaki.Testing.Mesh;

/// <summary>A real haproxy on loopback that knows nothing of what it carries: each connection goes to the next server that can be connected to.</summary>
public sealed class LoadBalancerProcess : IAsyncDisposable
{
    private const string Program = "haproxy";

    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Address, IReadOnlyList<string> Servers)> _fronts = [];
    private Process? _process;

    /// <summary>True when haproxy can be started.</summary>
    public static bool IsInstalled { get; } = Installed.Program(Program, "/usr/sbin");

    /// <summary>Will answer for some servers.</summary>
    /// <param name="servers">Addresses as in "http://127.0.0.1:5000".</param>
    /// <returns>Where it answers for them.</returns>
    public string Add(params IReadOnlyList<string> servers)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{RedisServerProcess.FreePort()}");
        _fronts.Add((address, servers));
        return $"http://{address}";
    }

    /// <summary>Starts it, or skips the test where there is none.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Assert.SkipUnless(IsInstalled, "haproxy is not on the PATH");
        await File.WriteAllTextAsync(_folder.Of("haproxy.cfg"), Configuration(), cancellationToken);
        var start = new ProcessStartInfo(Program) { WorkingDirectory = _folder.Path, ArgumentList = { "-db", "-q", "-f", _folder.Of("haproxy.cfg") } };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}{Path.PathSeparator}/usr/sbin";
        _process = Process.Start(start)!;
        foreach (var (address, _) in _fronts)
        {
            await Eventually.TrueAsync(() => AnswersAsync(new Uri($"http://{address}"), cancellationToken), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        _folder.Dispose();
    }

    private async ValueTask<bool> AnswersAsync(Uri address, CancellationToken cancellationToken)
    {
        Assert.False(_process!.HasExited, $"{Program} ended with {(_process.HasExited ? _process.ExitCode : 0)}.");
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, cancellationToken);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private string Configuration() => string.Concat(_fronts.Select((front, number) => $"""

        listen front{number}
            bind {front.Address}
            balance roundrobin
            {string.Join("\n    ", front.Servers.Select((server, i) => $"server replica{i} {new Uri(server).Authority} check inter 200ms fall 1 rise 1"))}

        """).Prepend("""
        global
            maxconn 512

        defaults
            mode tcp
            option redispatch 1
            retries 3
            timeout connect 1s
            timeout client 10m
            timeout server 10m

        """));
}
