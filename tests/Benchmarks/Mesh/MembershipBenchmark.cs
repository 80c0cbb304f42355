using System.Runtime.CompilerServices;
using Grpc.Net.Client;
using Phenaki.Story.V1;
using Phenaki.Testing;
using Phenaki.Testing.Mesh;

namespace Phenaki.Benchmarks.Mesh;

/// <summary>Whether orchestrators that are busy, on a machine that is busier still, take each other for dead: probes are tuned to notice a death within two seconds.</summary>
internal sealed class MembershipBenchmark : IBenchmark
{
    private const int Stories = 20;
    private const int FramesOfScene = 29;
    private const string TakenForDead = "take this process for dead";
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(2);

    /// <inheritdoc />
    public string Name => "membership";

    /// <inheritdoc />
    public string Description => "two orchestrators that make twenty stories, beside twice as many busy threads as there are cores, for two minutes: false deaths";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var redis = await RedisServerProcess.StartAsync(cancellationToken, "--appendonly", "yes");
        await using var text = Worker("text-encoder", "Phenaki.TextEncoder");
        await using var video = Worker("video-tokenizer", "Phenaki.VideoTokenizer");
        await using var masked = Worker("masked-transformer", "Phenaki.MaskedTransformer");
        ServiceProcess Orchestrator() => new(
            "orchestrator", "Phenaki.Orchestrator", "Ready with", "--text-encoder-address", text.Address, "--video-tokenizer-address", video.Address,
            "--masked-transformer-address", masked.Address, "--redis", redis.Address, "--Stories:AdvertisedAddress=127.0.0.1", "--Stories:MaxRunning=20",
            "--Stories:MaxRunningPerKey=20");
        await using ServiceProcess one = Orchestrator(), other = Orchestrator();
        foreach (var service in new[] { text, video, masked, one, other })
        {
            service.Start();
            await service.ReadyAsync(cancellationToken);
        }

        foreach (var orchestrator in new[] { one, other })
        {
            await Eventually.TrueAsync(() => ValueTask.FromResult(orchestrator.Said.Contains("Stories are kept", StringComparison.Ordinal)), cancellationToken);
            await CreateAsync(orchestrator.Address, cancellationToken);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Length);
        var busy = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(
            () => Spin(end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        await Task.WhenAll(busy);
        cancellationToken.ThrowIfCancellationRequested();
        double deaths = new[] { one, other }.Sum(orchestrator => orchestrator.Said.Split(TakenForDead).Length - 1);
        yield return new Figure("membership_false_deaths", deaths, "times", 0, deaths, 0, AtLeast: false);
    }

    private static ServiceProcess Worker(string name, string assembly) => new(name, assembly, "is ready", "--device", "cpu");

    private static void Spin(CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            Thread.SpinWait(1_000);
        }
    }

    // Stories that are not over before the measurement is.
    private static async Task CreateAsync(string address, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var client = new StoryService.StoryServiceClient(channel);
        for (int story = 0; story < Stories / 2; story++)
        {
            var request = new GenerateStoryRequest { Seed = (ulong)story };
            request.Scenes.AddRange(Enumerable.Range(0, 100).Select(scene => new Scene { Prompt = $"A dog walks in the snow, part {scene}.", Frames = FramesOfScene }));
            await client.CreateStoryAsync(new() { Story = request }, cancellationToken: cancellationToken);
        }
    }
}
