using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Security;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Testing;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>TLS over sockets, on both sides ours.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly FileReload Often = new(TimeSpan.FromMilliseconds(100));
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _mesh = new("mesh");
    private readonly CertificateAuthority _stranger = new("stranger");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _mesh.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_OverTls_IsAnsweredWithTheCertificateOfTheFile()
    {
        var secret = Server("a");
        await using var host = await StartAsync(secret, mutual: false);
        using var client = Client(Trusting(_mesh));
        Assert.StartsWith("https://", host.Address, StringComparison.Ordinal);
        await CallAsync(host, client);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_ToAServerOfAnotherAuthority_IsNotMade()
    {
        await using var host = await StartAsync(Server("a"), mutual: false);
        using var client = Client(Trusting(_stranger));
        await RefusedAsync(host, client);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_ToAServerOfAnotherName_IsNotMade()
    {
        await using var host = await StartAsync(Server("a"), mutual: false);
        using var client = Client(Trusting(_mesh));
        await RefusedAsync($"https://localhost:{new Uri(host.Address).Port}", client);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("mesh", null, true)]
    [InlineData("mesh", "client", true)]
    [InlineData("mesh", "server", false)]
    [InlineData("stranger", null, false)]
    [InlineData(null, null, false)]
    public async Task Call_UnderMutualTls_NeedsACertificateOfTheMeshForClients(string? authority, string? purpose, bool isTaken)
    {
        await using var host = await StartAsync(Server("a"), mutual: true);
        var files = authority is null
            ? Trusting(_mesh)
            : Shown("client", (authority == "mesh" ? _mesh : _stranger).Issue("orchestrator", purpose));
        using var client = Client(files);
        if (isTaken)
        {
            await CallAsync(host, client);
        }
        else
        {
            await RefusedAsync(host, client);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("orchestrator", true)]
    [InlineData("backup", false)]
    public async Task Call_WhereNamesAreListed_NeedsOneOfThem(string name, bool isTaken)
    {
        await using var host = await StartAsync(Server("a"), mutual: true, ("Tls:ClientNames", "gateway, orchestrator"));
        using var client = Client(Shown("client", _mesh.Issue(name)));
        if (isTaken)
        {
            await CallAsync(host, client);
        }
        else
        {
            await RefusedAsync(host, client);
            Assert.Contains(host.Logs.GetSnapshot(), record => record.Message.Contains("none of its names is allowed", StringComparison.Ordinal));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Swap_OfTheServersSecret_GivesNewConnectionsTheNewOneAndLetsOldOnesGoOn()
    {
        var secret = Server("a");
        await using var host = await StartAsync(secret, mutual: false);
        var shown = new List<string>();
        using var before = Watching(shown);
        using var channel = Channel(host.Address, before);
        await GetModelAsync(channel);

        var renewed = _mesh.Issue("a");
        secret.Swap(renewed, _mesh.Pem);
        await Eventually.TrueAsync(() => ValueTask.FromResult(host.Logs.GetSnapshot().Any(r => r.Message.Contains("read again", StringComparison.Ordinal))), Cancellation);
        await GetModelAsync(channel);
        using var after = Watching(shown);
        using var second = Channel(host.Address, after);
        await GetModelAsync(second);

        Assert.Equal(2, shown.Count);
        Assert.NotEqual(renewed.Thumbprint, shown[0]);
        Assert.Equal(renewed.Thumbprint, shown[1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Swap_OfTheAuthority_RefusesWhatTheOldOneSigned()
    {
        var secret = Server("a");
        await using var host = await StartAsync(secret, mutual: true);
        using var old = Client(Shown("old", _mesh.Issue("orchestrator")));
        await CallAsync(host, old);

        secret.Swap(_mesh.Issue("a"), _stranger.Pem);
        await Eventually.TrueAsync(() => ValueTask.FromResult(host.Logs.GetSnapshot().Any(r => r.Message.Contains("read again", StringComparison.Ordinal))), Cancellation);
        using var same = Client(Shown("same", _mesh.Issue("orchestrator")));
        await RefusedAsync(host, same);
        using var next = Client(Shown("next", _stranger.Issue("orchestrator"), _mesh));
        await CallAsync(host, next);
    }

    [Fact(Timeout = 60_000)]
    public async Task Swap_OfTheClientsSecret_IsUsedByItsNextConnection()
    {
        await using var host = await StartAsync(Server("a"), mutual: true);
        var secret = new MountedSecret(_folder.Of("caller"), _stranger.Issue("orchestrator"), _mesh.Pem);
        using var client = Client(new(secret.Certificate, secret.Key, secret.Authority));
        await RefusedAsync(host, client);
        secret.Swap(_mesh.Issue("orchestrator"), _mesh.Pem);
        await Eventually.TrueAsync(async () =>
        {
            using var channel = Channel(host.Address, client);
            try
            {
                await GetModelAsync(channel);
                return true;
            }
            catch (RpcException failure) when (failure.Status.DebugException is HttpRequestException or IOException)
            {
                return false;
            }
        }, Cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task Swap_ForWhatCannotBeUsed_KeepsTheLastOne()
    {
        var secret = Server("a");
        await using var host = await StartAsync(secret, mutual: false);
        secret.Swap(_mesh.Issue("a") with { KeyPem = _mesh.Issue("b").KeyPem }, _mesh.Pem);
        await Eventually.TrueAsync(() => ValueTask.FromResult(host.Logs.GetSnapshot().Any(r => r.Message.Contains("stays as it was", StringComparison.Ordinal))), Cancellation);
        using var client = Client(Trusting(_mesh));
        await CallAsync(host, client);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), record => record.Message.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task HealthPort_UnderMutualTls_AnswersHealthAndNothingElse()
    {
        await using var host = await StartAsync(Server("a"), mutual: true, ("HealthListen", "http://127.0.0.1:0"));
        var plain = host.Addresses.Single(address => address.StartsWith("http://", StringComparison.Ordinal));
        using var channel = GrpcChannel.ForAddress(plain);
        var health = await new Health.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        var error = await Assert.ThrowsAsync<RpcException>(() => GetModelAsync(channel));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Listen", "http://127.0.0.1:0", "with TLS it must begin with https://")]
    [InlineData("Tls:KeyFile", "", "Tls:CertificateFile is set alone")]
    [InlineData("Tls:ClientNames", "a", "Tls:ClientNames is set, but Tls:ClientCaFile is not")]
    [InlineData("Tls:ClientCAfil", "a", "There is no setting Tls:ClientCAfil")]
    [InlineData("FileReloadInterval", "00:00:00", "allowed are 00:00:00.1 to 01:00:00")]
    public async Task Start_WithSettingsThatDoNotGoTogether_Fails(string key, string value, string message)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(Server("a"), mutual: false, (key, value)));
        Assert.Contains(error.Failures, failure => failure.Contains(message, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_WithoutTheFile_FailsAndNamesIt()
    {
        var error = await Assert.ThrowsAsync<StartupException>(() => StartAsync(Server("a"), mutual: false, ("Tls:KeyFile", "/nowhere/tls.key")));
        Assert.Contains("/nowhere/tls.key", error.Message, StringComparison.Ordinal);
    }

    private static async Task CallAsync(SocketHost host, SocketsHttpHandler client)
    {
        using var channel = Channel(host.Address, client);
        await GetModelAsync(channel);
    }

    private static Task RefusedAsync(SocketHost host, SocketsHttpHandler client) => RefusedAsync(host.Address, client);

    private static async Task RefusedAsync(string address, SocketsHttpHandler client)
    {
        using var channel = Channel(address, client);
        var error = await Assert.ThrowsAsync<RpcException>(() => GetModelAsync(channel));
        Assert.True(error.StatusCode is StatusCode.Unavailable or StatusCode.Internal, error.ToString());
        Assert.True(error.Status.DebugException is HttpRequestException or IOException, error.ToString());
    }

    private static GrpcChannel Channel(string address, SocketsHttpHandler handler) =>
        GrpcChannel.ForAddress(address, new() { HttpHandler = handler, DisposeHttpClient = false });

    private static Task<GetModelResponse> GetModelAsync(GrpcChannel channel) =>
        new TextEncoderService.TextEncoderServiceClient(channel).GetModelAsync(new(), cancellationToken: Cancellation).ResponseAsync;

    private static SocketsHttpHandler Client(PemFiles files)
    {
        var tls = new ClientTls("The client's certificate", files, Often, TimeProvider.System, NullLogger.Instance);
        return new() { SslOptions = tls.Options(), PooledConnectionIdleTimeout = TimeSpan.Zero };
    }

    private SocketsHttpHandler Watching(List<string> shown) => new()
    {
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown.Add(((X509Certificate2)certificate!).Thumbprint);
                return _mesh.Pem.Length > 0;
            },
        },
    };

    private MountedSecret Server(string name) => new(_folder.Of("server"), _mesh.Issue(name), _mesh.Pem);

    private PemFiles Trusting(CertificateAuthority authority)
    {
        var path = _folder.Of("trusted.crt");
        File.WriteAllText(path, authority.Pem);
        return new("", "", path);
    }

    private PemFiles Shown(string folder, IssuedCertificate certificate, CertificateAuthority? trusted = null)
    {
        var secret = new MountedSecret(_folder.Of(folder), certificate, (trusted ?? _mesh).Pem);
        return new(secret.Certificate, secret.Key, secret.Authority);
    }

    private static Task<SocketHost> StartAsync(MountedSecret secret, bool mutual, params (string Key, string Value)[] more)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Listen"] = "https://127.0.0.1:0",
            ["Tls:CertificateFile"] = secret.Certificate,
            ["Tls:KeyFile"] = secret.Key,
            ["Tls:ClientCaFile"] = mutual ? secret.Authority : "",
            ["FileReloadInterval"] = "00:00:00.1",
        };
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return SocketHost.StartAsync(settings, Cancellation);
    }
}
