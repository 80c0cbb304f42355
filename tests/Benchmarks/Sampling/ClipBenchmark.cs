using System.Diagnostics;
using System.Runtime.CompilerServices;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Models.Video;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>A clip of the shipped model at its default settings, from the text's embedding to its pixels.</summary>
internal sealed class ClipBenchmark : IBenchmark
{
    private const int Rounds = 8;
    private const double Goal = 1.5;

    /// <inheritdoc />
    public string Name => "clip";

    /// <inheritdoc />
    public string Description => "time for a clip of the shipped model at its default settings, from embedding to pixels, next to 1.5 s";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var masked = MaskedTransformerModel.Load(BenchmarkList.Shipped("masked-transformer"), ComputeDevice.Parse("cpu"));
        using var video = VideoTokenizerModel.Load(BenchmarkList.Shipped("video-tokenizer"), ComputeDevice.Parse("cpu"));
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            using var clip = masked.BeginClip(RandomModels.Clip(masked, masked.DefaultSampling, 12, seed: 1));
            while (!clip.IsDone)
            {
                clip.Step();
            }

            using var decoding = video.BeginDecode();
            int[][] latentFrames = [.. clip.Tokens.Chunk(video.Geometry.TokensPerLatentFrame)];
            decoding.Append(latentFrames[0]);
            decoding.Append(latentFrames[1..]);

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        yield return new Figure(Name, best, "s", Goal, best / Goal, 1, AtLeast: false);
        await Task.CompletedTask;
    }
}
