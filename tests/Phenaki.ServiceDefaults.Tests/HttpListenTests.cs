using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Phenaki.Testing;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>HTTP/1.1 beside gRPC: on a port of its own, or behind TLS on the same one.</summary>
public sealed class HttpListenTests : IDisposable
{
    private const int Timeout = 60_000;
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _authority = new("mesh");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = Timeout)]
    public async Task Listen_WithAPortForHttp_SpeaksEachOnItsOwn()
    {
        await using var host = await SocketHost.StartAsync(
            new Dictionary<string, string?> { ["Listen"] = "http://127.0.0.1:0", ["HttpListen"] = "http://127.0.0.1:0" }, Cancellation);
        Assert.Equal(2, host.Addresses.Count);
        using var client = new HttpClient();
        await AnsweredAsync(client, host.Addresses[1], HttpVersion.Version11);
        await CalledAsync(host.Addresses[0], new());
        await Assert.ThrowsAsync<HttpRequestException>(() => AnsweredAsync(client, host.Addresses[0], HttpVersion.Version11));
    }

    [Fact(Timeout = Timeout)]
    public async Task Listen_WithoutTheSetting_SpeaksNoHttp1()
    {
        await using var host = await SocketHost.StartAsync(new Dictionary<string, string?> { ["Listen"] = "http://127.0.0.1:0" }, Cancellation);
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => AnsweredAsync(client, Assert.Single(host.Addresses), HttpVersion.Version11));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Listen_WithTls_SpeaksBothOnOnePort(bool isShared)
    {
        var address = $"https://127.0.0.1:{RedisServerProcess.FreePort()}";
        await using var host = await SocketHost.StartAsync(
            Secured(("Listen", isShared ? address : "https://127.0.0.1:0"), ("HttpListen", address)), Cancellation);
        Assert.Equal(isShared ? 1 : 2, host.Addresses.Count);
        using var client = new HttpClient(Trusting());
        await AnsweredAsync(client, address, HttpVersion.Version11);
        await AnsweredAsync(client, address, HttpVersion.Version20);
        await CalledAsync(address, Trusting());
        if (!isShared)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => AnsweredAsync(client, host.Addresses[0], HttpVersion.Version11));
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData("http://127.0.0.1:5199", "http://127.0.0.1:5199", "need a port each")]
    [InlineData("http://127.0.0.1:0", "here", "HttpListen is 'here', which is no address")]
    public async Task Listen_WithAnAddressThatCannotBe_SaysWhy(string listen, string http, string message)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => SocketHost.StartAsync(new Dictionary<string, string?> { ["Listen"] = listen, ["HttpListen"] = http }, Cancellation));
        Assert.Contains(message, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Listen_WithoutTlsWhereThereIsSome_IsRefused()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => SocketHost.StartAsync(Secured(("Listen", "https://127.0.0.1:0"), ("HttpListen", "http://127.0.0.1:0")), Cancellation));
        Assert.Contains("with TLS it must begin with https://", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    private static async Task AnsweredAsync(HttpClient client, string address, Version version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request, Cancellation);
        Assert.Equal((HttpStatusCode.NotFound, version), (response.StatusCode, response.Version));
    }

    private static async Task CalledAsync(string address, SocketsHttpHandler handler)
    {
        using var channel = GrpcChannel.ForAddress(address, new() { HttpHandler = handler, DisposeHttpClient = true });
        await new TextEncoderService.TextEncoderServiceClient(channel).GetModelAsync(new(), cancellationToken: Cancellation);
    }

    private SocketsHttpHandler Trusting() => new()
    {
        SslOptions = new()
        {
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { _authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };

    private Dictionary<string, string?> Secured(params (string Key, string Value)[] more)
    {
        var secret = new MountedSecret(_folder.Of("server"), _authority.Issue("localhost"), _authority.Pem);
        return new(more.Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value)))
        {
            ["Tls:CertificateFile"] = secret.Certificate,
            ["Tls:KeyFile"] = secret.Key,
        };
    }
}
