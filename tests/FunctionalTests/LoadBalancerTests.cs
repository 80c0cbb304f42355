using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using Phenaki.Story.V1;
using Phenaki.Testing;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.FunctionalTests;

/// <summary>Two orchestrators behind a load balancer that sends connections wherever it likes: either answers for every story.</summary>
public sealed class LoadBalancerTests
{
    private const int Timeout = 300_000;
    private const int Frames = 2 * 29;
    private const int Stories = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Stories_OfTwoReplicasBehindAPlainLoadBalancer_AreMadeWatchedDirectedAndStoppedThroughEither()
    {
        await using var replicas = await Replicas.StartAsync(Token);
        List<WireStory> stories = [];
        for (var i = 0; i < Stories; i++)
        {
            stories.Add(await StoryCalls.CreateAsync(replicas.Grpc, Request(i), $"story-{i}", isDirected: i == 0));

            // Whichever answers now, it is the same story.
            Assert.Equal(stories[i].Id, (await StoryCalls.CreateAsync(replicas.Grpc, Request(i), $"story-{i}", isDirected: i == 0)).Id);
            Assert.Equal(stories[i].Id, (await StoryCalls.GetAsync(replicas.Grpc, stories[i].Id)).Id);
        }

        await replicas.AssertBothAnsweredAsync(Token);
        using var channel = GrpcChannel.ForAddress(replicas.Grpc);
        using var other = GrpcChannel.ForAddress(replicas.Grpc);
        StoryService.StoryServiceClient client = new(channel), otherClient = new(other);
        await client.CancelStoryAsync(new() { Id = stories[1].Id }, cancellationToken: Token);
        Assert.Equal(StoryState.Cancelled, (await otherClient.GetStoryAsync(new() { Id = stories[1].Id }, cancellationToken: Token)).Story.State);
        var watchers = stories.Select(story => new StoryWatcher(story.Id, [replicas.Grpc])).ToList();
        var watching = watchers.Select(watcher => watcher.RunAsync(Token)).ToList();
        await Eventually.TrueAsync(() => ValueTask.FromResult(watchers.Where((_, i) => i != 1).All(watcher => watcher.Frames > 0)), Token);

        // Those that are connected to it connect again, and get to the other.
        await replicas.First.KillAsync();
        Assert.Equal(stories[2].Id, (await StoryCalls.GetAsync(replicas.Grpc, stories[2].Id)).Id);
        replicas.First.Start();
        await replicas.First.ReadyAsync(Token);
        await StoryCalls.SteerAsync([replicas.Grpc], stories[0].Id, new() { CommandId = "stop", Stop = new() });
        await Task.WhenAll(watching);

        for (var i = 2; i < Stories; i++)
        {
            watchers[i].AssertWhole(Frames);
            Assert.Equal(await StoryCalls.GeneratedAsync(replicas.Undisturbed, Request(i)), StoryCalls.Pixels(watchers[i].Events));
        }

        await client.DeleteStoryAsync(new() { Id = stories[2].Id }, cancellationToken: Token);
        var listed = await otherClient.ListStoriesAsync(new(), cancellationToken: Token);
        Assert.Equal(stories.Where((_, i) => i != 2).Select(story => story.Id).Reverse(), listed.Stories.Select(story => story.Id));
    }

    [Fact(Timeout = Timeout)]
    public async Task Videos_OfTwoReplicasBehindAPlainLoadBalancer_AreTheSameFromEither()
    {
        await using var replicas = await Replicas.StartAsync(Token);

        // A connection for each request, so that the balancer sends every second one to the other replica.
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = new(replicas.Http) };
        using var created = await http.PostAsJsonAsync("/v1/videos", new { prompt = "a bear walks on mars.", seconds = "2", seed = 7 }, Token);
        created.EnsureSuccessStatusCode();
        var id = (string)JsonNode.Parse(await created.Content.ReadAsStringAsync(Token))!["id"]!;
        await Eventually.TrueAsync(
            async () => (string?)JsonNode.Parse(await http.GetStringAsync($"/v1/videos/{id}", Token))!["status"] == "completed", Token);
        var first = await http.GetByteArrayAsync($"/v1/videos/{id}/content", Token);
        Assert.Equal(first, await http.GetByteArrayAsync($"/v1/videos/{id}/content", Token));
        Assert.Equal(first, await http.GetByteArrayAsync($"/v1/videos/{id}/content", Token));
        Assert.Equal(
            await http.GetStringAsync($"/v1/stories/{id.Split('_')[1]}/events", Token), await http.GetStringAsync($"/v1/stories/{id.Split('_')[1]}/events", Token));
    }

    private static GenerateStoryRequest Request(int seed) => new()
    {
        Seed = (ulong)seed,
        Scenes = { new Scene { Prompt = "a bear walks on mars.", Frames = 29 }, new Scene { Prompt = "the bear dances.", Frames = 29 } },
        Sampling = new() { Steps = 192 },
    };

    /// <summary>Two orchestrators over one Redis, with the balancer before them.</summary>
    private sealed class Replicas(RedisServerProcess redis, ReplicatedMesh mesh, LoadBalancerProcess balancer) : IAsyncDisposable
    {
        private readonly List<ServiceProcess> _both = [];

        /// <summary>Where gRPC is balanced.</summary>
        public string Grpc { get; private set; } = "";

        /// <summary>Where HTTP/1.1 is balanced.</summary>
        public string Http { get; private set; } = "";

        /// <summary>An orchestrator that stands beside them.</summary>
        public string Undisturbed => mesh.Orchestrators[0].Address;

        /// <summary>The first of both.</summary>
        public ServiceProcess First => _both[0];

        /// <summary>Starts all.</summary>
        public static async Task<Replicas> StartAsync(CancellationToken cancellationToken)
        {
            Assert.SkipUnless(LoadBalancerProcess.IsInstalled, "haproxy is not on the PATH");
            var redis = await RedisServerProcess.StartAsync(cancellationToken, "--appendonly", "yes", "--appendfsync", "always");
            var replicas = new Replicas(redis, await new ReplicatedMesh().StartAsync(cancellationToken), new());
            await replicas.StartBothAsync(redis.Address, cancellationToken);
            return replicas;
        }

        /// <summary>Each of both was asked something.</summary>
        public async Task AssertBothAnsweredAsync(CancellationToken cancellationToken)
        {
            using var http = new HttpClient();
            foreach (var replica in _both)
            {
                Assert.Contains("GetStory", await http.GetStringAsync(replica.Metrics, cancellationToken), StringComparison.Ordinal);
            }
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            await balancer.DisposeAsync();
            foreach (var replica in _both)
            {
                await replica.DisposeAsync();
            }

            await mesh.DisposeAsync();
            await redis.DisposeAsync();
        }

        private async Task StartBothAsync(string redis, CancellationToken cancellationToken)
        {
            List<string> http = [];
            for (var i = 0; i < 2; i++)
            {
                http.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{RedisServerProcess.FreePort()}"));
                _both.Add(mesh.OrchestratorWith(
                    "--redis", redis, "--Stories:AdvertisedAddress=127.0.0.1", "--Stories:ReminderPeriod=00:00:02", "--http-listen", http[i]));
                _both[i].Start();
            }

            Grpc = balancer.Add(_both.Select(replica => replica.Address).ToArray());
            Http = balancer.Add(http);
            foreach (var replica in _both)
            {
                await replica.ReadyAsync(cancellationToken);
            }

            await balancer.StartAsync(cancellationToken);
        }
    }
}
