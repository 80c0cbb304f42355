using System.Net;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Orchestrator.Clients.Balancing;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;
using Phenaki.Testing.Services;

namespace Phenaki.Orchestrator.Tests;

/// <summary>Several replicas behind one address, over sockets.</summary>
public sealed class BalancingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Stories_AtTheSameTime_AreSharedEvenly()
    {
        await using var mesh = await StartAsync();
        var hold = new TaskCompletionSource();
        mesh.First.Masked.OnCall = (_, scope) => hold.Task.WaitAsync(scope.CancellationToken);
        mesh.Second.Masked.OnCall = mesh.First.Masked.OnCall;
        var stories = Enumerable.Range(0, 6).Select(i => RunAsync(mesh.Orchestrator, (ulong)i)).ToArray();
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.First.Masked.InFlight + mesh.Second.Masked.InFlight == 6), Cancellation);
        Assert.Equal((3, 3), (mesh.First.Masked.InFlight, mesh.Second.Masked.InFlight));
        hold.SetResult();
        await Task.WhenAll(stories);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stories_WhileOneReplicaIsBusy_GoToTheOther()
    {
        await using var mesh = await StartAsync();
        var hold = new TaskCompletionSource();
        mesh.First.Masked.OnCall = (_, scope) => hold.Task.WaitAsync(scope.CancellationToken);
        var held = Task.CompletedTask;
        for (var seed = 0UL; mesh.First.Masked.InFlight == 0; seed++)
        {
            held = RunAsync(mesh.Orchestrator, seed);
            await Eventually.TrueAsync(() => ValueTask.FromResult(held.IsCompleted || mesh.First.Masked.InFlight > 0), Cancellation);
        }

        // In turn, half of them would wait behind the one that is held.
        for (var i = 0; i < 6; i++)
        {
            await RunAsync(mesh.Orchestrator, (ulong)(100 + i));
        }

        Assert.False(held.IsCompleted);
        hold.SetResult();
        await held;
    }

    [Fact(Timeout = 60_000)]
    public async Task Stories_WhileOneReplicaRefuses_AreMadeByTheOther()
    {
        await using var mesh = await StartAsync();
        mesh.First.Masked.OnCall = (_, _) => throw new RpcException(new(StatusCode.Unavailable, "loading"));
        for (var i = 0; i < 6; i++)
        {
            await RunAsync(mesh.Orchestrator, (ulong)i);
        }

        Assert.Equal(6, mesh.Second.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stories_AfterOneReplicaWentAway_AreMadeByTheOther()
    {
        await using var mesh = await StartAsync();
        await RunAsync(mesh.Orchestrator, 1);
        await mesh.StopFirstAsync();
        for (var i = 0; i < 6; i++)
        {
            await RunAsync(mesh.Orchestrator, (ulong)(10 + i));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Name_WhoseReplicasChange_IsLookedUpAgainSoonAfterALossAndFromTimeToTime()
    {
        var time = new FakeTimeProvider();
        var looks = 0;
        var results = new List<string>();
        using var resolver = new NameResolver(
            new("dns:///masked-transformer:5103"),
            TimeSpan.FromSeconds(30),
            (name, _) =>
            {
                Assert.Equal("masked-transformer", name);
                return Task.FromResult(new[] { IPAddress.Parse($"10.0.0.{Interlocked.Increment(ref looks)}") });
            },
            time,
            NullLoggerFactory.Instance);
        resolver.Start(result =>
        {
            lock (results)
            {
                results.AddRange(result.Addresses!.Select(address => $"{address.EndPoint.Host}:{address.EndPoint.Port}"));
            }
        });
        resolver.Refresh();
        await SeenAsync(1);
        resolver.Refresh();
        await AdvanceUntilAsync(2, TimeSpan.FromSeconds(1));
        await AdvanceUntilAsync(3, TimeSpan.FromSeconds(30));
        Assert.Equal(["10.0.0.1:5103", "10.0.0.2:5103", "10.0.0.3:5103"], results);

        ValueTask<bool> Seen(int count)
        {
            lock (results)
            {
                return ValueTask.FromResult(results.Count >= count);
            }
        }

        Task SeenAsync(int count) => Eventually.TrueAsync(() => Seen(count), Cancellation);

        async Task AdvanceUntilAsync(int count, TimeSpan step) => await Eventually.TrueAsync(
            async () =>
            {
                if (await Seen(count))
                {
                    return true;
                }

                time.Advance(step);
                return await Seen(count);
            },
            Cancellation);
    }

    private static async Task RunAsync(ServiceHost orchestrator, ulong seed)
    {
        using var call = new StoryService.StoryServiceClient(orchestrator.Channel).GenerateStory(
            new() { Scenes = { new Scene { Prompt = "a", Frames = 1 } }, Seed = seed }, cancellationToken: Cancellation);
        Assert.NotEmpty(await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation));
    }

    private static async Task<TwoReplicas> StartAsync()
    {
        var (first, second) = (new FakeMesh(), new FakeMesh());
        var (one, two) = (await SocketServices.StartAsync(first, Cancellation), await SocketServices.StartAsync(second, Cancellation));
        var both = $"http://127.0.0.1:{one.Port},http://127.0.0.1:{two.Port}";
        var orchestrator = await FakeMesh.StartOrchestratorAsync(
            null, Cancellation, ("TextEncoderAddress", both), ("VideoTokenizerAddress", both), ("MaskedTransformerAddress", both));
        await orchestrator.ReadyAsync(Cancellation);
        return new(first, second, one, two, orchestrator);
    }

    private sealed record TwoReplicas(FakeMesh First, FakeMesh Second, SocketServices One, SocketServices Two, ServiceHost Orchestrator) : IAsyncDisposable
    {
        public async Task StopFirstAsync() => await One.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await Orchestrator.DisposeAsync();
            await One.DisposeAsync();
            await Two.DisposeAsync();
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }
    }
}
