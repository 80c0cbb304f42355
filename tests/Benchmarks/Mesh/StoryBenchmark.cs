using System.Globalization;
using System.Runtime.CompilerServices;
using Phenaki.Testing;
using Phenaki.Testing.Mesh;

namespace Phenaki.Benchmarks.Mesh;

/// <summary>Stories through the mesh, embedded and as four processes with Redis, next to the same model calls made directly.</summary>
internal sealed class StoryBenchmark : IBenchmark
{
    private const int LongStory = 40;
    private const int Pairs = 5;
    private const ulong WarmUpSeed = 1;
    private const ulong LongStorySeed = WarmUpSeed + Pairs + 1;
    private static readonly string[] Subjects = ["teddy bear", "panda bear", "dog", "robot", "astronaut"];
    private static readonly Dictionary<string, string> Threads = new()
    {
        ["OMP_NUM_THREADS"] = $"{Environment.ProcessorCount}",
    };

    /// <inheritdoc />
    public string Name => "story";

    /// <inheritdoc />
    public string Description => "stories through the mesh next to direct calls, seen before, with the last of ten scenes changed, and scene after scene";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] ten = Prompts(10);
        using var story = new DirectStory();
        story.Make(ten, WarmUpSeed, cancellationToken);
        using var folder = new TemporaryFolder();
        await using (var serve = ProgramProcess.Start(
            "cli", "phenaki", ["serve", "--port", "0", "--json", "--device", "cpu", "--cache-dir", folder.Of("cache")], Threads))
        {
            string address = await serve.FindAsync(@"""address"":""(http[^""]+)""", cancellationToken);
            using var client = new StoryClient(address);
            var (made, direct) = await MadeBesideAsync(story, client, ten, cancellationToken);
            yield return new Figure("mesh_embedded", made, "s", direct, made / direct, 1.03, AtLeast: false);
            double again = (await client.MakeAsync(ten, WarmUpSeed, cancellationToken))[^1];
            yield return new Figure("story_seen_before", again, "s", made, made / again, 50);
            double edited = (await client.MakeAsync([.. ten[..9], "A dog walks in the snow."], WarmUpSeed, cancellationToken))[^1];
            yield return new Figure("story_last_scene_changed", edited, "s", made, edited / made, 0.12, AtLeast: false);
        }

        await using var redis = await RedisServerProcess.StartAsync(cancellationToken);
        await using var text = Service("text-encoder", "Phenaki.TextEncoder");
        await using var video = Service("video-tokenizer", "Phenaki.VideoTokenizer");
        await using var masked = Service("masked-transformer", "Phenaki.MaskedTransformer");
        await using var orchestrator = new ServiceProcess(
            "orchestrator", "Phenaki.Orchestrator", "Ready with", "--text-encoder-address", text.Address, "--video-tokenizer-address", video.Address,
            "--masked-transformer-address", masked.Address, "--redis", $"{redis.Address}");
        foreach (var service in new[] { text, video, masked, orchestrator })
        {
            service.Start();
        }

        await orchestrator.ReadyAsync(cancellationToken);
        using var remote = new StoryClient(orchestrator.Address);
        var (processes, beside) = await MadeBesideAsync(story, remote, ten, cancellationToken);
        yield return new Figure("mesh_processes", processes, "s", beside, processes / beside, 1.05, AtLeast: false);
        long before = masked.ResidentBytes + video.ResidentBytes + orchestrator.ResidentBytes;
        var ends = await remote.MakeAsync(Prompts(LongStory), LongStorySeed, cancellationToken);
        double[] scenes = [.. ends.Zip(ends.Skip(1), (earlier, later) => later - earlier)];
        double early = Median(scenes[..10]), late = Median(scenes[^10..]);
        yield return new Figure("story_late_scene", late, "s", early, late / early, 1.05, AtLeast: false);
        long after = masked.ResidentBytes + video.ResidentBytes + orchestrator.ResidentBytes;
        yield return new Figure("story_memory", after / 1e6, "MB", before / 1e6, (double)after / before, 1.02, AtLeast: false);
    }

    // Once both are warm, story after story the one way and the other, so that what else the machine does meets both. Of the pair whose ratio is in the middle.
    private static async Task<(double Mesh, double Direct)> MadeBesideAsync(DirectStory story, StoryClient client, string[] prompts, CancellationToken cancellationToken)
    {
        await client.MakeAsync(prompts, WarmUpSeed, cancellationToken);
        List<(double Mesh, double Direct)> pairs = [];
        for (ulong pair = 1; pair <= Pairs; pair++)
        {
            double direct = story.Make(prompts, WarmUpSeed + pair, cancellationToken);
            pairs.Add(((await client.MakeAsync(prompts, WarmUpSeed + pair, cancellationToken))[^1], direct));
        }

        return pairs.OrderBy(pair => pair.Mesh / pair.Direct).ElementAt(Pairs / 2);
    }

    private static ServiceProcess Service(string name, string assembly) => new(name, assembly, "is ready", "--device", "cpu") { Environment = Threads };

    private static string[] Prompts(int count) =>
        [.. Enumerable.Range(0, count).Select(scene => string.Create(CultureInfo.InvariantCulture, $"A {Subjects[scene % Subjects.Length]} walks in the snow, part {scene}."))];

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
