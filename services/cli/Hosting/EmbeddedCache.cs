using Garnet;
using Microsoft.Extensions.Logging.Abstractions;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.Cli.Hosting;

/// <summary>
/// Garnet, a Redis-compatible server, inside this process, behind a Unix socket that nobody else on the machine can open. With a folder its
/// values outlive the process, also one that is killed.
/// </summary>
internal sealed class EmbeddedCache : IDisposable
{
    // Beyond the log memory the oldest values are forgotten. The append-only file is what a kill leaves; a checkpoint replaces it
    // when it is as large as the memory. Garnet asks for AOF pages of twice the log's.
    private static readonly string[] Bounds =
        ["--memory", "64m", "--page", "4m", "--index", "1m", "--no-pubsub", "-q"];

    private static readonly string[] Durable =
    [
        "--aof", "--aof-memory", "32m", "--aof-page-size", "8m", "--aof-segment-size", "16m", "--aof-size-limit", "64m",
        "--aof-size-limit-enforce-frequency", "1", "--aof-commit-freq", "0", "--recover",

        // Its native device wants libaio, which a plain system does not have, and ends the process where it is missing.
        "--device-type", "RandomAccess",
    ];

    private readonly ProcessFolder _socketFolder;
    private readonly GarnetServer _server;

    private EmbeddedCache(ProcessFolder socketFolder, string socket, GarnetServer server, bool wasDamaged)
    {
        _socketFolder = socketFolder;
        _server = server;
        Address = $"!{socket}";
        WasDamaged = wasDamaged;
    }

    /// <summary>As StackExchange.Redis reads it.</summary>
    public string Address { get; }

    /// <summary>True when what earlier processes left could not be read, and was deleted.</summary>
    public bool WasDamaged { get; }

    /// <summary>Starts the server; takes a second or two.</summary>
    /// <param name="folder">Where its values outlive the process; null for memory alone.</param>
    public static EmbeddedCache Start(CacheFolder? folder)
    {
        // The folder is the user's alone, and so is the socket in it.
        var socketFolder = SocketFolder.Create();
        var socket = Path.Combine(socketFolder.Path, "cache.sock");
        try
        {
            var (server, wasDamaged) = Start(folder, ["--port", "0", "--unixsocket", socket, .. Bounds]);
            return new EmbeddedCache(socketFolder, socket, server, wasDamaged);
        }
        catch
        {
            socketFolder.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server; its values are on disk already.</summary>
    public void Dispose()
    {
        _server.Dispose();
        _socketFolder.Dispose();
    }

    private static (GarnetServer Server, bool WasDamaged) Start(CacheFolder? folder, string[] arguments)
    {
        if (folder is null)
        {
            return (Started(arguments), false);
        }

        string[] durable = [.. arguments, .. Durable, "--checkpointdir", folder.DataPath];
        try
        {
            return (Started(durable), false);
        }
        catch (Exception damaged) when (damaged is not OutOfMemoryException)
        {
            // A cache may be lost; a story must not fail for it. A second failure is not the data's.
            folder.Clear();
            return (Started(durable), true);
        }
    }

    private static GarnetServer Started(string[] arguments)
    {
        var server = new GarnetServer(arguments, NullLoggerFactory.Instance);
        try
        {
            server.Start();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }
}
