using System.Globalization;
using Phenaki.Testing;

namespace Phenaki.ClientTests;

/// <summary>An orchestrator that speaks TLS, to callers with a certificate and a key only, in front of the services of a mesh.</summary>
internal sealed class SecuredService : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _authority = new("clients");
    private readonly ServiceProcess _orchestrator;

    private SecuredService(ServiceMesh mesh)
    {
        File.WriteAllText(_folder.Of("ca.pem"), _authority.Pem);
        Write("server", _authority.Issue("localhost", "server"));
        Write("client", _authority.Issue("story-client", "client"));
        _orchestrator = new ServiceProcess(
            "orchestrator", "Phenaki.Orchestrator", "Ready with",
            "--text-encoder-address", mesh.TextEncoder.Address, "--video-tokenizer-address", mesh.VideoTokenizer.Address,
            "--masked-transformer-address", mesh.MaskedTransformer.Address, $"--Tls:CertificateFile={_folder.Of("server.pem")}",
            $"--Tls:KeyFile={_folder.Of("server.key")}", $"--Tls:ClientCaFile={_folder.Of("ca.pem")}", $"--ApiKeys:File={_folder.Of("keys.json")}")
        {
            Scheme = "https",
        };
    }

    /// <summary>A key that is let in.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Arguments of a client that speaks TLS with it and shows a certificate.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--address", string.Create(CultureInfo.InvariantCulture, $"localhost:{new Uri(_orchestrator.Address).Port}"), "--ca", _folder.Of("ca.pem"),
        "--cert", _folder.Of("client.pem"), "--key", _folder.Of("client.key"),
    ];

    /// <summary>Starts it.</summary>
    public static async Task<SecuredService> StartAsync(ServiceMesh mesh, CancellationToken cancellationToken)
    {
        var service = new SecuredService(mesh);
        var created = (await Cli.RunAsync(["key", "create", "--id", "clients", "--file", service._folder.Of("keys.json")], cancellationToken)).Succeeded();
        service.Key = created.Output.Trim().Split('\n')[0];
        service._orchestrator.Start();
        await service._orchestrator.ReadyAsync(cancellationToken);
        return service;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _orchestrator.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    private void Write(string name, IssuedCertificate certificate)
    {
        File.WriteAllText(_folder.Of($"{name}.pem"), certificate.CertificatePem);
        File.WriteAllText(_folder.Of($"{name}.key"), certificate.KeyPem);
    }
}
