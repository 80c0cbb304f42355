using System.Diagnostics;
using System.Runtime.CompilerServices;
using Phenaki.Benchmarks.Sampling;
using Phenaki.Models;
using Phenaki.Models.Video;
using Phenaki.Testing;

namespace Phenaki.Benchmarks.Tokenizing;

/// <summary>Encoding and decoding of a clip of 11 frames that are all there, as the services do it: the first latent frame to decode goes alone.</summary>
internal sealed class TokenizerBenchmark(string name, string? folder, VideoTokenizerConfig? config) : IBenchmark
{
    private const int Rounds = 40;
    private const int RoundsBetweenPeaks = 8;
    private const int LatentFrames = 6;

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public string Description => "encoding and decoding next to the GEMM peak of the same run; the first frames next to all; five frames encoded again next to all";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var temporary = new TemporaryFolder();
        using var model = VideoTokenizerModel.Load(folder ?? RandomModels.Write(config!, temporary.Path), ComputeDevice.Parse("cpu"));
        byte[][] frames = [.. Enumerable.Range(0, model.Geometry.Frames(LatentFrames)).Select(frame =>
            Enumerable.Range(0, model.Geometry.FrameBytes).Select(i => (byte)((i * 7) + (frame * 31))).ToArray())];
        int again = model.Geometry.Frames(3);
        List<int[]> tokens = Encode(model, frames);
        double peak = 0;
        double encode = double.MaxValue, decode = double.MaxValue, first = double.MaxValue, prefix = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (round % RoundsBetweenPeaks == 0)
            {
                peak = Math.Max(peak, GemmPeak.Measure());
            }

            encode = Math.Min(encode, Seconds(() => Encode(model, frames)));
            prefix = Math.Min(prefix, Seconds(() => Encode(model, frames[^again..])));
            first = Math.Min(first, Seconds(() => Decode(model, tokens[..1])));
            decode = Math.Min(decode, Seconds(() => Decode(model, tokens)));
        }

        double toEncode = TokenizerArithmetic.Of(model.Config, LatentFrames, decoding: false);
        double toDecode = TokenizerArithmetic.Of(model.Config, LatentFrames, decoding: true);
        yield return new Figure(name + "_encode", encode, "s", toEncode / peak, toEncode / peak / encode, 0.6);
        yield return new Figure(name + "_decode", decode, "s", toDecode / peak, toDecode / peak / decode, 0.6);
        yield return new Figure(name + "_first_frame", first, "s", decode, first / decode, 1d / LatentFrames * 1.25, AtLeast: false);
        yield return new Figure(name + "_prefix", prefix, "s", encode, prefix / encode, 3d / LatentFrames * 1.1, AtLeast: false);
        await Task.CompletedTask;
    }

    private static List<int[]> Encode(VideoTokenizerModel model, byte[][] frames)
    {
        using var session = model.BeginEncode();
        return [.. session.Append(frames)];
    }

    private static void Decode(VideoTokenizerModel model, List<int[]> tokens)
    {
        using var session = model.BeginDecode();
        session.Append(tokens[..1]);
        session.Append(tokens[1..]);
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
