using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Phenaki.FunctionalTests;

/// <summary>Replicas are replaced one after the other while stories are made, and no story fails or has other frames.</summary>
public sealed class RollingUpdateTests
{
    // One that has just come back refuses calls until it knows its workers, and is asked in turn with the other.
    private const int MaxAttempts = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Update_OfEveryWorkerInTurn_FailsNoStoryAndChangesNone()
    {
        await using var mesh = await new ReplicatedMesh().StartAsync(Token);
        using var channel = GrpcChannel.ForAddress(mesh.Orchestrators[0].Address);
        var load = new StoryLoad(channel.CreateCallInvoker());
        var running = load.RunAsync(2, Token);
        await mesh.ExplainedAsync(async () =>
        {
            foreach (var worker in mesh.Workers)
            {
                await OrFailureAsync(running, ReplicatedMesh.ReplaceAsync(worker, Token));
            }

            await EndAsync(load, running);
            await AssertUnchangedAsync(load);
        });
    }

    [Fact(Timeout = 300_000)]
    public async Task Update_OfBothOrchestratorsInTurn_FailsNoStoryOfAClientThatTriesAgain()
    {
        // Longer than a story takes on a busy machine: what has begun to stream is not made again by gRPC.
        await using var mesh = await new ReplicatedMesh("--drain-seconds", "120").StartAsync(Token);
        await using var both = Balanced(mesh.Orchestrators, out var opened);
        using var channel = opened;
        var load = new StoryLoad(channel.CreateCallInvoker());
        var running = load.RunAsync(3, Token);
        await mesh.ExplainedAsync(async () =>
        {
            foreach (var orchestrator in mesh.Orchestrators)
            {
                await OrFailureAsync(running, ReplicatedMesh.ReplaceAsync(orchestrator, Token));
            }

            await EndAsync(load, running);
            await AssertUnchangedAsync(load);
        });
    }

    private static async Task OrFailureAsync(Task running, Task step) => await await Task.WhenAny(running, step);

    private static async Task EndAsync(StoryLoad load, Task running)
    {
        load.Stop();
        await running;
        Assert.True(load.Made.Count >= 4, $"Only {load.Made.Count} stories were made meanwhile: too few to say anything.");
    }

    private static async Task AssertUnchangedAsync(StoryLoad load)
    {
        var made = load.Made;
        foreach (var seed in made.Keys.Order().Where((_, i) => i % Math.Max(1, made.Count / 6) == 0))
        {
            Assert.Equal(made[seed], await load.MakeAsync(seed, Token));
        }
    }

    /// <summary>What a well-behaved client does by its service config: it spreads its calls, and makes those again that did not get through.</summary>
    private static ServiceProvider Balanced(IReadOnlyList<ServiceProcess> replicas, out GrpcChannel channel)
    {
        var addresses = replicas.Select(replica => new Uri(replica.Address)).Select(uri => new BalancerAddress(uri.Host, uri.Port)).ToArray();
        var services = new ServiceCollection().AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => addresses)).BuildServiceProvider();
        channel = GrpcChannel.ForAddress("static:///orchestrators", new()
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = services,
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
            MaxReconnectBackoff = TimeSpan.FromSeconds(1),
            DisposeHttpClient = true,
            MaxRetryAttempts = MaxAttempts,
            ServiceConfig = new()
            {
                LoadBalancingConfigs = { new RoundRobinConfig() },
                MethodConfigs =
                {
                    new MethodConfig
                    {
                        Names = { MethodName.Default },
                        RetryPolicy = new()
                        {
                            MaxAttempts = MaxAttempts,
                            InitialBackoff = TimeSpan.FromMilliseconds(200),
                            MaxBackoff = TimeSpan.FromSeconds(2),
                            BackoffMultiplier = 2,

                            // .NET's client says INTERNAL where the connection closes in good order before an answer has begun.
                            RetryableStatusCodes = { StatusCode.Unavailable, StatusCode.Internal },
                        },
                    },
                },
            },
        });
        return services;
    }
}
