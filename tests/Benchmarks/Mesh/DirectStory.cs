using System.Diagnostics;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;

namespace Phenaki.Benchmarks.Mesh;

/// <summary>The model calls of a story, made directly: what everything that the mesh adds is measured against.</summary>
internal sealed class DirectStory : IDisposable
{
    /// <summary>Frames that the next clip begins with.</summary>
    public const int PrefixFrames = 5;
    private readonly TextEncoderModel _text = TextEncoderModel.Load(BenchmarkList.Shipped("text-encoder"), ComputeDevice.Cpu);
    private readonly VideoTokenizerModel _video = VideoTokenizerModel.Load(BenchmarkList.Shipped("video-tokenizer"), ComputeDevice.Cpu);
    private readonly MaskedTransformerModel _masked = MaskedTransformerModel.Load(BenchmarkList.Shipped("masked-transformer"), ComputeDevice.Cpu);

    /// <summary>Makes a story of one clip a scene.</summary>
    /// <param name="prompts">Its scenes.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Seconds.</returns>
    public double Make(IReadOnlyList<string> prompts, ulong seed, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        int[] prefix = [];
        for (int scene = 0; scene < prompts.Count; scene++)
        {
            var prompt = _text.Encode([prompts[scene]], Math.Min(_text.MaxTokens, _masked.MaxTextTokens))[0];
            using var clip = _masked.BeginClip(new ClipRequest
            {
                TextEmbedding = prompt.Values,
                TextTokens = prompt.TokenIds.Length,
                LatentFrames = _masked.MaxLatentFrames,
                PrefixTokens = prefix,
                Sampling = _masked.DefaultSampling,
                Seed = seed,
                Scene = (uint)scene,
            });
            while (!clip.IsDone)
            {
                cancellationToken.ThrowIfCancellationRequested();
                clip.Step();
            }

            using var decoding = _video.BeginDecode(scene == 0 ? 0 : PrefixFrames);
            int[][] latentFrames = [.. clip.Tokens.Chunk(_video.Geometry.TokensPerLatentFrame)];
            List<byte[]> frames = [.. decoding.Append(latentFrames[..1]), .. decoding.Append(latentFrames[1..])];
            if (scene < prompts.Count - 1)
            {
                using var encoding = _video.BeginEncode();
                prefix = [.. encoding.Append(frames[^PrefixFrames..]).SelectMany(tokens => tokens)];
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _text.Dispose();
        _video.Dispose();
        _masked.Dispose();
    }
}
