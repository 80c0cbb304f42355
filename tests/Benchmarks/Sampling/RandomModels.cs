using System.Diagnostics;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Video;
using static TorchSharp.torch;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>Models with random weights: as fast as trained ones.</summary>
internal static class RandomModels
{
    private const string Card = "# Random weights for benchmarks\n";

    /// <summary>Writes a masked transformer.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="storage">Type in which its weights are stored.</param>
    /// <returns>The folder.</returns>
    public static string Write(MaskedTransformerConfig config, string folder, ScalarType storage = ScalarType.Float32)
    {
        TorchRuntime.EnsureLoaded();
        using var network = new MaskedTransformerNetwork(config, CPU);
        ModelFolder.Write(folder, config, network, Card, storage);
        return folder;
    }

    /// <summary>Writes a video tokenizer.</summary>
    /// <returns>The folder.</returns>
    public static string Write(VideoTokenizerConfig config, string folder)
    {
        TorchRuntime.EnsureLoaded();
        using var network = new VideoTokenizerNetwork(config, CPU);
        ModelFolder.Write(folder, config, network, Card, ScalarType.Float32);
        return folder;
    }

    /// <summary>Samples a clip.</summary>
    /// <returns>Seconds.</returns>
    public static double Sample(MaskedTransformerModel model, ClipRequest request, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using var clip = model.BeginClip(request);
        while (!clip.IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            clip.Step();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>A clip without a prefix, of the largest grid.</summary>
    public static ClipRequest Clip(MaskedTransformerModel model, SamplingSettings settings, int textTokens, ulong seed) => new()
    {
        TextEmbedding = [.. Enumerable.Range(0, textTokens * model.TextWidth).Select(i => MathF.Sin(i + (float)seed))],
        TextTokens = textTokens,
        LatentFrames = model.MaxLatentFrames,
        Sampling = settings,
        Seed = seed,
    };
}
