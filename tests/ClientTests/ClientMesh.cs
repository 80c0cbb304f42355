using System.Diagnostics;
using Phenaki.Testing;

[assembly: AssemblyFixture(typeof(Phenaki.ClientTests.ClientMesh))]

namespace Phenaki.ClientTests;

/// <summary>A mesh that makes one story at a time, and the clients, each built when it is first asked for.</summary>
public sealed class ClientMesh : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<ClientLanguage, ClientFolder> _built = [];
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private SecuredService? _secured;

    /// <summary>The mesh. A second story is refused, with a time to wait.</summary>
    public ServiceMesh Mesh { get; } = new("--max-concurrent-stories", "1");

    /// <summary>HOST:PORT of the orchestrator.</summary>
    public string Address => new Uri(Mesh.Orchestrator.Address).Authority;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Mesh.InitializeAsync();
        using var late = new CancellationTokenSource(Patience);
        await Mesh.StartAsync(late.Token);
    }

    /// <summary>The client in a language; the test is skipped, with the reason, where it cannot be built.</summary>
    internal async Task<ClientFolder> ClientAsync(ClientLanguage language, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (_built.TryGetValue(language, out var built))
            {
                return built;
            }

            foreach (var (command, package) in language.Needs)
            {
                Assert.SkipUnless(await SucceedsAsync(command, cancellationToken), $"The {language.Folder} client needs {package}.");
            }

            var client = new ClientFolder(_folder.Of(language.Folder), language);
            await client.BuildAsync(cancellationToken);
            _built.Add(language, client);
            return client;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The same mesh behind TLS and keys, started when it is first asked for.</summary>
    internal async Task<SecuredService> SecuredAsync(CancellationToken cancellationToken) =>
        _secured ??= await SecuredService.StartAsync(Mesh, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_secured is not null)
        {
            await _secured.DisposeAsync();
        }

        await Mesh.DisposeAsync();
        _oneAtATime.Dispose();
        _folder.Dispose();
    }

    private static async Task<bool> SucceedsAsync(string command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("sh") { ArgumentList = { "-c", command } };
        start.Environment["PATH"] = ClientLanguage.SearchPath;
        await using var process = ProgramProcess.Start(start);
        return (await process.EndAsync(cancellationToken)).ExitCode == 0;
    }
}
