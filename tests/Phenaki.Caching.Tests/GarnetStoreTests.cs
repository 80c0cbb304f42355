using System.Globalization;
using Garnet;
using Phenaki.Testing;

namespace Phenaki.Caching.Tests;

/// <summary>The store on the server that runs inside the process.</summary>
public sealed class GarnetStoreTests : StoreContract
{
    private GarnetServer? server;

    private protected override Task<string> StartServerAsync()
    {
        string port = RedisServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        server = new GarnetServer(["--port", port, "--bind", "127.0.0.1", "--memory", "64m", "--index", "1m"]);
        server.Start();
        return Task.FromResult($"127.0.0.1:{port}");
    }

    private protected override Task StopServerAsync()
    {
        server?.Dispose();
        return Task.CompletedTask;
    }
}
