using Garnet;
using Microsoft.Extensions.Logging.Abstractions;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.Cli.Hosting;

/// <summary>
/// A second Garnet inside this process, for the stories that outlive their clients. A cache forgets the oldest when it is full; this one has more
/// on disk than in memory, and forgets nothing.
/// </summary>
internal sealed class EmbeddedStories : IDisposable
{
    // Orleans writes by Lua. What does not fit into the memory is in the log on disk, compacted when a checkpoint is taken, which is as soon as
    // the append-only file has its size. Garnet asks for AOF pages of twice the log's.
    private static readonly string[] Settings =
    [
        "--port", "0", "--memory", "96m", "--page", "4m", "--segment", "32m", "--object-log-segment", "32m", "--index", "1m", "--lua", "--no-pubsub", "-q",
        "--storage-tier", "--compaction-type", "Lookup", "--compaction-max-segments", "8", "--compaction-force-delete",
        "--aof", "--aof-memory", "32m", "--aof-page-size", "8m", "--aof-segment-size", "16m", "--aof-size-limit", "128m",
        "--aof-size-limit-enforce-frequency", "1", "--aof-commit-freq", "0", "--recover",

        // Its native device wants libaio, which a plain system does not have, and ends the process where it is missing.
        "--device-type", "RandomAccess",
    ];

    private readonly ProcessFolder _socketFolder;
    private readonly GarnetServer _server;

    private EmbeddedStories(ProcessFolder socketFolder, string socket, GarnetServer server, string? putAside)
    {
        _socketFolder = socketFolder;
        _server = server;
        Address = $"!{socket}";
        PutAside = putAside;
    }

    /// <summary>As StackExchange.Redis reads it.</summary>
    public string Address { get; }

    /// <summary>Where what earlier processes left is now, when it could not be read; null when it could.</summary>
    public string? PutAside { get; }

    /// <summary>Starts the server; takes a second or two.</summary>
    /// <param name="folder">Where the stories outlive the process; null for as long as it runs.</param>
    public static EmbeddedStories Start(CacheFolder? folder)
    {
        // The folder is the user's alone, and so is the socket in it.
        var socketFolder = SocketFolder.Create();
        var socket = Path.Combine(socketFolder.Path, "stories.sock");
        try
        {
            try
            {
                return new(socketFolder, socket, Started(socket, folder?.StoriesPath ?? socketFolder.Path), null);
            }
            catch (Exception damaged) when (damaged is not OutOfMemoryException && folder is not null)
            {
                // A second failure is not the data's.
                var aside = folder.PutStoriesAside();
                return new(socketFolder, socket, Started(socket, folder.StoriesPath), aside);
            }
        }
        catch
        {
            socketFolder.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server; the stories are on disk already.</summary>
    public void Dispose()
    {
        _server.Dispose();
        _socketFolder.Dispose();
    }

    private static GarnetServer Started(string socket, string path)
    {
        var log = Path.Combine(path, "log");
        Directory.CreateDirectory(log);
        var server = new GarnetServer([.. Settings, "--unixsocket", socket, "--logdir", log, "--checkpointdir", path], NullLoggerFactory.Instance);
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
