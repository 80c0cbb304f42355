using Phenaki.Testing;

namespace Phenaki.Caching.Tests;

/// <summary>The store on a Redis Cluster of three processes.</summary>
public sealed class RedisClusterStoreTests : StoreContract
{
    private RedisCluster? cluster;

    [Fact(Timeout = 60_000)]
    public async Task SetAsync_ManyKeys_LieOnEveryNodeAndAreFound()
    {
        await using RedisCacheStore store = Store();
        CacheKey[] keys = [.. Enumerable.Range(0, 60).Select(i => new CacheKey(Enumerable.Repeat((byte)i, 32).ToArray()))];
        foreach (CacheKey key in keys)
        {
            await store.SetAsync(key, new byte[] { 1 }, Ended);
            Assert.Equal(LeaseOutcome.Taken, await store.TryLeaseAsync(key, "a", TimeSpan.FromMinutes(1), Ended));
        }

        foreach (CacheKey key in keys)
        {
            Assert.NotNull(await store.GetAsync(key, Ended));
            await store.ReleaseLeaseAsync(key, "a", Ended);
        }

        int[] held = await Task.WhenAll(cluster!.Nodes.Select(node => RedisCluster.CountKeysAsync(node, Ended)));
        Assert.All(held, count => Assert.InRange(count, 1, keys.Length - 2));
        Assert.Equal(keys.Length, held.Sum());
        Assert.Equal(0, Statistics.Failures);
    }

    private protected override async Task<string> StartServerAsync()
    {
        cluster = await RedisCluster.StartAsync(Ended);
        return cluster.Address;
    }

    private protected override async Task StopServerAsync()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }
    }
}
