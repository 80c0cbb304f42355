using Phenaki.Testing;

namespace Phenaki.Caching.Tests;

/// <summary>The store on redis-server.</summary>
public sealed class RedisStoreTests : StoreContract
{
    private RedisServerProcess? server;

    [Fact(Timeout = 60_000)]
    public async Task SetAsync_ServerIsFull_IsIgnoredAndReadsGoOn()
    {
        await using RedisServerProcess small = await RedisServerProcess.StartAsync(
            Ended, "--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
        CacheOptions options = Options();
        options.Redis = small.Address;
        await using RedisCacheStore store = Store(options);
        for (int i = 0; i < 10; i++)
        {
            await store.SetAsync(Key, new byte[256 * 1024], Ended);
            Assert.Null(await store.GetAsync(Key, Ended));
        }

        Assert.Equal(10, Statistics.FailuresBecause(CacheFailure.ServerError));
        Assert.Equal(10, Statistics.Failures);
    }

    [Fact(Timeout = 60_000)]
    public async Task SetAsync_TooLargeAValue_IsNotSent()
    {
        CacheOptions options = Options();
        options.MaxValueBytes = 1024;
        await using RedisCacheStore store = Store(options);
        await store.SetAsync(Key, new byte[1025], Ended);
        Assert.Null(await store.GetAsync(Key, Ended));
        Assert.Equal(1, Statistics.FailuresBecause(CacheFailure.TooLarge));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetAsync_TooLargeAValueInTheStore_IsAMiss()
    {
        await using RedisCacheStore writer = Store();
        await writer.SetAsync(Key, new byte[1025], Ended);
        CacheOptions options = Options();
        options.MaxValueBytes = 1024;
        await using RedisCacheStore store = Store(options);
        Assert.Null(await store.GetAsync(Key, Ended));
        Assert.Equal(1, Statistics.FailuresBecause(CacheFailure.TooLarge));
    }

    private protected override async Task<string> StartServerAsync()
    {
        server = await RedisServerProcess.StartAsync(Ended);
        return server.Address;
    }

    private protected override async Task StopServerAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
