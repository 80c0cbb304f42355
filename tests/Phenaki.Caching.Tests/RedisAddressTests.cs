using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Phenaki.Testing;

namespace Phenaki.Caching.Tests;

/// <summary>Redis behind sentinels, and Redis over TLS.</summary>
public sealed class RedisAddressTests : IDisposable
{
    private static readonly CacheKey Key = new(new byte[32]);
    private readonly CacheStatistics statistics = new();
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        statistics.Dispose();
        folder.Dispose();
    }

    [Fact(Timeout = 90_000)]
    public async Task GetAsync_BehindASentinelWhosePrimaryIsGone_GoesOnAtItsReplica()
    {
        await using RedisSentinel sentinel = await RedisSentinel.StartAsync(Ended);
        await using RedisCacheStore store = Store(sentinel.Address, null);
        await store.SetAsync(Key, new byte[] { 7 }, Ended);
        Assert.NotNull(await store.GetAsync(Key, Ended));

        // What the replica has not heard of is lost with the primary; a cache may lose it, and this test waits for it.
        await using RedisCacheStore reader = Store(sentinel.Replica.Address, null);
        await Eventually.TrueAsync(async () => await reader.GetAsync(Key, Ended) is not null, Ended);
        await sentinel.Primary.StopAsync();
        var next = new CacheKey(Enumerable.Repeat((byte)1, 32).ToArray());
        await Eventually.TrueAsync(
            async () =>
            {
                await store.SetAsync(next, new byte[] { 8 }, Ended);
                return await reader.GetAsync(next, Ended) is not null;
            },
            Ended);
        Assert.Equal(7, (await store.GetAsync(Key, Ended))!.Value.Span[0]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetAsync_OverMutualTls_NeedsTheCertificate(bool isShown)
    {
        using var authority = new CertificateAuthority("redis");
        var secret = new MountedSecret(folder.Of("redis"), authority.Issue("redis"), authority.Pem);
        string port = RedisServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        await using RedisServerProcess server = await RedisServerProcess.StartAsync(
            Ended, "--tls-port", port, "--tls-cert-file", secret.Certificate, "--tls-key-file", secret.Key, "--tls-ca-cert-file", secret.Authority);
        using X509Certificate2 own = X509Certificate2.CreateFromPemFile(secret.Certificate, secret.Key);
        await using RedisCacheStore store = Store($"127.0.0.1:{port},ssl=true,sslHost=redis", () => new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck },
            LocalCertificateSelectionCallback = isShown ? (_, _, _, _, _) => own : null,
        });
        await store.SetAsync(Key, new byte[] { 7 }, Ended);
        ReadOnlyMemory<byte>? found = await store.GetAsync(Key, Ended);
        Assert.Equal(isShown, found is not null);
        Assert.Equal(isShown, statistics.Failures == 0);
    }

    private RedisCacheStore Store(string address, Func<SslClientAuthenticationOptions>? tls) => new(
        new() { Redis = address, ConnectTimeout = TimeSpan.FromSeconds(10), OperationTimeout = TimeSpan.FromSeconds(20), BreakAfter = 1000 },
        statistics,
        TimeProvider.System,
        NullLogger<RedisCacheStore>.Instance,
        tls);
}
