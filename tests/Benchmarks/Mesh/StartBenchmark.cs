using System.Diagnostics;
using System.Runtime.CompilerServices;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Testing;
using Phenaki.Testing.Mesh;

namespace Phenaki.Benchmarks.Mesh;

/// <summary>The command with everything in one process: when it first shows progress, and its memory.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const double Goal = 3;

    // What .NET, libtorch, the cache and the services may take beside the model.
    private const long Rest = 300_000_000;

    /// <inheritdoc />
    public string Name => "start";

    /// <inheritdoc />
    public string Description => "time from the start of the embedded command to its first progress with a warm disk, next to 3 s; its most memory in a scene, next to weights, activations and 300 MB";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        double best = double.MaxValue;
        long peak = 0;
        for (int round = 0; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await using var command = Cli.Start("story", "A dog runs in the snow.", "A dog sleeps.", "-o", folder.Of($"{round}.webp"), "--cache-dir", folder.Of("cache"), "--seed", $"{round}", "--frames", "11");
            await command.SaysAsync("step", cancellationToken);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);

            // With a second scene to come it still runs when the first is done.
            await command.SaysAsync("Scene 1 of 2 is done", cancellationToken);
            peak = Math.Max(peak, command.PeakResidentBytes);
        }

        yield return new Figure(Name, best, "s", Goal, best / Goal, 1, AtLeast: false);
        double allowed = ModelBytes() + Rest;
        yield return new Figure(Name + "_memory", peak / 1e6, "MB", allowed / 1e6, peak / allowed, 1, AtLeast: false);
    }

    private static long ModelBytes()
    {
        using var text = TextEncoderModel.Load(BenchmarkList.Shipped("text-encoder"), ComputeDevice.Cpu);
        using var video = VideoTokenizerModel.Load(BenchmarkList.Shipped("video-tokenizer"), ComputeDevice.Cpu);
        using var masked = MaskedTransformerModel.Load(BenchmarkList.Shipped("masked-transformer"), ComputeDevice.Cpu);
        long parameters = text.Identity.Parameters + video.Identity.Parameters + masked.Identity.Parameters;
        return (parameters * sizeof(float)) + BatchSweep.BytesForAClip(masked.Config);
    }
}
