using System.Globalization;
using Grpc.Core;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;
using static Phenaki.Orchestrator.Tests.Durable.DurableStoryTests;

namespace Phenaki.Orchestrator.Tests.Durable;

/// <summary>Stories that outlive their clients, on every kind of Redis that an operator may have: a cluster, sentinels, TLS.</summary>
public sealed class StoryRedisKindsTests
{
    private const int Timeout = 180_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Stories_OnAClusterOfThree_AreMadeListedAndTakenUpByAnotherReplica()
    {
        await using var redis = await RedisCluster.StartAsync(Cancellation);
        List<string> ids = [];
        await using (var first = await StartAsync(("Redis", redis.Address)))
        {
            for (ulong seed = 0; seed < 6; seed++)
            {
                ids.Add((await CreateAsync(first, Request(seed: seed), $"name-{seed}")).Id);
            }

            for (ulong seed = 0; seed < 6; seed++)
            {
                var events = await WatchAsync(first, ids[(int)seed]);
                AssertWhole(events);
                Assert.Equal(await GeneratedAsync(first, seed), Pixels(events));
            }
        }

        // What the first has kept lies on every node; a process that knows nothing finds it all.
        Assert.All(await Task.WhenAll(redis.Nodes.Select(node => RedisCluster.CountKeysAsync(node, Cancellation))), count => Assert.True(count > 0));
        await using var second = await StartAsync(("Redis", redis.Address));
        var listed = await second.Client.ListStoriesAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Stories.Select(story => story.Id).Order(StringComparer.Ordinal));
        Assert.Equal(ids[3], (await CreateAsync(second, Request(seed: 3), "name-3")).Id);
        AssertWhole(await WatchAsync(second, ids[3]));
        await second.Client.DeleteStoryAsync(new() { Id = ids[3] }, cancellationToken: Cancellation);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(second, ids[3]))).StatusCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task Stories_BehindASentinelWhosePrimaryIsGone_AreThereAndMadeAtItsReplica()
    {
        await using var redis = await RedisSentinel.StartAsync(Cancellation);
        await using var mesh = await StartAsync(("Redis", redis.Address));
        var before = await CreateAsync(mesh, Request(seed: 1));
        AssertWhole(await WatchAsync(mesh, before.Id));

        await redis.PrimaryHasBeenCopiedAsync(Cancellation);
        await redis.Primary.StopAsync();

        var after = await CreateAsync(mesh, Request(seed: 2));
        AssertWhole(await WatchAsync(mesh, after.Id));
        AssertWhole(await WatchAsync(mesh, before.Id));
        Assert.Equal(StoryState.Succeeded, (await GetAsync(mesh, before.Id)).State);
    }

    [Fact(Timeout = Timeout)]
    public async Task Stories_OverMutualTls_AreMade()
    {
        using var authority = new CertificateAuthority("redis");
        using var folder = new TemporaryFolder();
        var secret = new MountedSecret(folder.Of("redis"), authority.Issue("redis"), authority.Pem);
        var port = RedisServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        await using var redis = await RedisServerProcess.StartAsync(
            Cancellation, "--tls-port", port, "--tls-cert-file", secret.Certificate, "--tls-key-file", secret.Key, "--tls-ca-cert-file", secret.Authority,
            "--requirepass", "open sesame");
        await using var mesh = await StartAsync(
            ("Redis", $"127.0.0.1:{port},ssl=true,sslHost=redis,password=open sesame"), ("RedisCaFile", secret.Authority),
            ("RedisCertificateFile", secret.Certificate), ("RedisKeyFile", secret.Key));

        var events = await WatchAsync(mesh, (await CreateAsync(mesh, Request())).Id);

        AssertWhole(events);
        Assert.Equal(await GeneratedAsync(mesh), Pixels(events));
    }

    private static async Task<FakeMesh> StartAsync(params (string Name, string Value)[] settings)
    {
        var mesh = await new FakeMesh().StartAsync(
            Cancellation, [("Stories:AdvertisedAddress", "127.0.0.1"), ("Stories:ReminderPeriod", "00:00:01"), .. settings]);
        await mesh.ReadyAsync(Cancellation);
        await mesh.StoriesAsync(Cancellation);
        return mesh;
    }
}
