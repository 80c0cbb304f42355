using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Phenaki.Testing;

/// <summary>A real redis-server on loopback, with nothing on disk, killed when disposed. Can be stopped, started again, and held still.</summary>
public sealed class RedisServerProcess : IAsyncDisposable
{
    /// <summary>Why tests are skipped where <see cref="IsInstalled"/> is false.</summary>
    public const string SkipReason = "redis-server is not on the PATH";

    private const int FirstPort = 12_000;
    private const uint Ports = 20_000;

    private static int portsTried;

    private readonly TemporaryFolder folder = new();
    private readonly string[] arguments;
    private Process? process;
    private Task draining = Task.CompletedTask;

    private RedisServerProcess(int port, string[] arguments)
    {
        Port = port;
        this.arguments = arguments;
    }

    /// <summary>True when redis-server can be started.</summary>
    public static bool IsInstalled { get; } = Installed.Program("redis-server");

    /// <summary>Port on 127.0.0.1; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>Address as StackExchange.Redis takes it.</summary>
    public string Address => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts a server, or skips the test where there is none.</summary>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <param name="arguments">Further arguments, as in "--maxmemory", "1mb".</param>
    public static async Task<RedisServerProcess> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // The port is free when it is chosen, not necessarily when it is taken.
        for (int attempt = 1; ; attempt++)
        {
            RedisServerProcess server = NotStarted(arguments);
            try
            {
                await server.StartAgainAsync(cancellationToken);
                return server;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>A server that has its port but is not running yet, or skips the test where there is none.</summary>
    public static RedisServerProcess NotStarted(params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled, SkipReason);
        return new RedisServerProcess(FreePort(), arguments);
    }

    /// <summary>
    /// A port on loopback that nothing listens on, below those that connections get: who is killed and started again on its port finds it free, also where
    /// many connections were made meanwhile.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            // Test programs that run side by side begin far from each other.
            int port = FirstPort + (int)((((uint)Environment.ProcessId * 397u) + (uint)Interlocked.Increment(ref portsTried)) % Ports);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // The next, then.
            }
        }
    }

    /// <summary>Starts the server on its port, with what it had written into its files.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder.Path,
        };
        string[] all =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", folder.Path, .. arguments,
        ];
        foreach (string argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            said.Add(line);
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                draining = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        throw new InvalidOperationException($"redis-server did not start:\n{string.Join('\n', said)}");
    }

    /// <summary>Kills the server; what it held is lost, unless its arguments make it write that into a file.</summary>
    public async Task StopAsync()
    {
        if (process is null)
        {
            return;
        }

        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        await draining;
        process.Dispose();
        process = null;
    }

    /// <summary>Holds the server still: connections stay open and nothing answers.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => SignalAsync("-STOP", cancellationToken);

    /// <summary>Lets a server go on that was held still.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => SignalAsync("-CONT", cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    private async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using Process kill = Process.Start("kill", [signal, process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
