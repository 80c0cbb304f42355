using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Testing;
using static Phenaki.Orchestrator.Tests.Durable.DurableStoryTests;

namespace Phenaki.Orchestrator.Tests.Durable;

/// <summary>Orchestrators that have a certificate for the mesh speak mutual TLS with each other too.</summary>
public sealed partial class StorySiloTlsTests : IDisposable
{
    private const int Timeout = 120_000;

    private readonly CertificateAuthority _authority = new("mesh");
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = Timeout)]
    public async Task Stories_OfReplicasWithCertificates_AreWatchedAcrossThem()
    {
        await using var redis = await RedisServerProcess.StartAsync(Cancellation);
        await using var first = await StartAsync(redis, "first");
        await using var second = await StartAsync(redis, "second");
        Assert.NotEqual(SiloOf(first), SiloOf(second));
        for (ulong seed = 0; seed < 6; seed++)
        {
            var story = await CreateAsync(first, Request(seed: seed));
            var events = await WatchAsync(second, story.Id);
            AssertWhole(events);
            Assert.Equal(Pixels(events), Pixels(await WatchAsync(first, story.Id)));
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData(null)]
    [InlineData("masked-transformer")]
    [InlineData("orchestrator", "stranger")]
    [InlineData("orchestrator", "mesh", "server")]
    public async Task Connection_OfAnybodyElse_IsClosed(string? name, string authority = "mesh", string? purpose = null)
    {
        await using var redis = await RedisServerProcess.StartAsync(Cancellation);
        await using var mesh = await StartAsync(redis, "only");
        using var stranger = new CertificateAuthority(authority);
        var shown = name is null ? null : (authority == "mesh" ? _authority : stranger).Issue(name, purpose);

        Assert.False(await IsKeptAsync(SiloOf(mesh), shown));
        Assert.True(await IsKeptAsync(SiloOf(mesh), _authority.Issue("orchestrator")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Connection_WithoutTls_IsClosed()
    {
        await using var redis = await RedisServerProcess.StartAsync(Cancellation);
        await using var mesh = await StartAsync(redis, "only");
        using var socket = new TcpClient();
        await socket.ConnectAsync(SiloOf(mesh), Cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(new byte[64], Cancellation);

        Assert.False(await SaysAsync(stream));
    }

    // A silo greets whom it lets in; who is not let in hears of it only after the handshake of TLS 1.3 is done on its own side.
    private static async Task<bool> IsKeptAsync(IPEndPoint silo, IssuedCertificate? shown)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(silo, Cancellation);
        await using var stream = new SslStream(socket.GetStream());
        using var certificate = shown is null ? null : X509Certificate2.CreateFromPem(shown.CertificatePem, shown.KeyPem);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "orchestrator",
                    RemoteCertificateValidationCallback = (_, server, _, _) => server is not null,
                    LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
                },
                Cancellation);
        }
        catch (Exception refusal) when (refusal is AuthenticationException or IOException)
        {
            return false;
        }

        return await SaysAsync(stream);
    }

    private static async Task<bool> SaysAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], Cancellation) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static IPEndPoint SiloOf(FakeMesh mesh) => IPEndPoint.Parse(
        AddressAtTheEnd().Match(mesh.Orchestrator.Logs.GetSnapshot().Single(record => record.Id.Id == 6101).Message).Groups["address"].Value);

    [GeneratedRegex(@"(?<address>[0-9.]+:\d+)\.$")]
    private static partial Regex AddressAtTheEnd();

    private async Task<FakeMesh> StartAsync(RedisServerProcess redis, string replica)
    {
        var secret = new MountedSecret(_folder.Of(replica), _authority.Issue("orchestrator"), _authority.Pem);
        var mesh = await new FakeMesh().StartAsync(
            Cancellation, ("Redis", redis.Address), ("Stories:AdvertisedAddress", "127.0.0.1"), ("Mesh:Tls:CertificateFile", secret.Certificate),
            ("Mesh:Tls:KeyFile", secret.Key), ("Mesh:Tls:CaFile", secret.Authority));
        await mesh.ReadyAsync(Cancellation);
        await mesh.StoriesAsync(Cancellation);
        return mesh;
    }
}
