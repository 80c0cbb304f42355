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
    private const int LeastStories = 4;

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
            await UpdateAsync(mesh.Workers, load, running);
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
            await UpdateAsync(mesh.Orchestrators, load, running);
            await AssertUnchangedAsync(load);
        });
    }

    // Round after round until some stories were made meanwhile, however slow the machine is.
    private static async Task UpdateAsync(IReadOnlyList<ServiceProcess> replicas, StoryLoad load, Task running)
    {
        do
        {
            foreach (var replica in replicas)
            {
                await await Task.WhenAny(running, ReplicatedMesh.ReplaceAsync(replica, Token));
            }
        }
        while (load.Made.Count < LeastStories);

        load.Stop();
        await running;
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
