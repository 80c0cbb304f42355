using Phenaki.Testing;

namespace Phenaki.FunctionalTests;

/// <summary>The four services as processes that speak mutual TLS with each other; callers of the orchestrator need TLS and a key.</summary>
public sealed class SecureMesh : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _keys;

    /// <summary>Makes model, certificates and keys; nothing runs yet.</summary>
    public SecureMesh()
    {
        StoryModel.Write(_folder.Of("model"));
        Secret = new(_folder.Of("tls"), Authority.Issue("mesh"), Authority.Pem);
        _keys = _folder.Of("keys.json");
        TextEncoder = Worker("text-encoder", "Phenaki.TextEncoder");
        VideoTokenizer = Worker("video-tokenizer", "Phenaki.VideoTokenizer");
        MaskedTransformer = Worker("masked-transformer", "Phenaki.MaskedTransformer");
        Orchestrator = new(
            "orchestrator", "Phenaki.Orchestrator", "Ready with",
            [
                .. Certificate("Tls"), .. Certificate("Mesh:Tls"), "--Mesh:Tls:CaFile", Secret.Authority, "--ApiKeys:File", _keys,
                "--text-encoder-address", TextEncoder.Address, "--video-tokenizer-address", VideoTokenizer.Address,
                "--masked-transformer-address", MaskedTransformer.Address,
            ]) { Scheme = "https" };
    }

    /// <summary>Who signs the certificates.</summary>
    public CertificateAuthority Authority { get; } = new("mesh");

    /// <summary>The certificate of all services, and whom they trust.</summary>
    public MountedSecret Secret { get; }

    /// <summary>The text encoder.</summary>
    public ServiceProcess TextEncoder { get; }

    /// <summary>The video tokenizer.</summary>
    public ServiceProcess VideoTokenizer { get; }

    /// <summary>The masked transformer.</summary>
    public ServiceProcess MaskedTransformer { get; }

    /// <summary>The orchestrator.</summary>
    public ServiceProcess Orchestrator { get; }

    /// <summary>The key of a caller.</summary>
    public string ApiKey { get; private set; } = "";

    /// <summary>Arguments of a command that calls the orchestrator, but the key.</summary>
    public IEnumerable<string> Access => ["--address", Orchestrator.Address, "--ca-file", Secret.Authority];

    private IEnumerable<ServiceProcess> All => [TextEncoder, VideoTokenizer, MaskedTransformer, Orchestrator];

    /// <summary>Makes a key and starts all.</summary>
    public async Task<SecureMesh> StartAsync(CancellationToken cancellationToken)
    {
        ApiKey = (await Cli.RunAsync(["key", "create", "--id", "tests", "--file", _keys], cancellationToken)).Succeeded().Output.Trim();
        foreach (var service in All)
        {
            service.Start();
        }

        foreach (var service in All)
        {
            await service.ReadyAsync(cancellationToken);
        }

        return this;
    }

    /// <summary>Replaces certificate and authorities, and waits until every service has read them.</summary>
    /// <param name="certificate">Another than before: what is as it was is not read again.</param>
    /// <param name="authorities">Whom the services trust, in PEM.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task SwapAsync(IssuedCertificate certificate, string authorities, CancellationToken cancellationToken)
    {
        var before = All.ToDictionary(service => service, Reloads);
        Secret.Swap(certificate, authorities);
        await Eventually.TrueAsync(() => ValueTask.FromResult(All.All(service => Reloads(service) > before[service])), cancellationToken);
    }

    /// <summary>A path of this mesh's own.</summary>
    public string Of(string name) => _folder.Of(name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in All)
        {
            await service.DisposeAsync();
        }

        Authority.Dispose();
        _folder.Dispose();
    }

    // The orchestrator has two: what it shows its callers, and what it shows the workers.
    private int Reloads(ServiceProcess service) =>
        (service.Said.Split("was read again").Length - 1) / (service == Orchestrator ? 2 : 1);

    private string[] Certificate(string section) =>
        [$"--{section}:CertificateFile", Secret.Certificate, $"--{section}:KeyFile", Secret.Key, .. section == "Tls" ? ["--file-reload-interval", "00:00:00.2"] : Array.Empty<string>()];

    private ServiceProcess Worker(string name, string assembly) => new(
        name, assembly, "is ready",
        ["--model", _folder.Of("model", name), "--device", "cpu", .. Certificate("Tls"), "--Tls:ClientCaFile", Secret.Authority]) { Scheme = "https" };
}
