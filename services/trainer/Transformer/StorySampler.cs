using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;

namespace Phenaki.Trainer.Transformer;

/// <summary>Makes clips and stories from model folders as the services do, without services: to look at and to measure.</summary>
internal sealed class StorySampler : IDisposable
{
    private readonly TextEncoderModel _text;
    private readonly VideoTokenizerModel _video;
    private readonly MaskedTransformerModel _masked;
    private readonly int _prefixFrames;

    /// <summary>Reads the parts of a model.</summary>
    /// <param name="parts">Folders.</param>
    /// <param name="prefixFrames">Frames that the next clip starts from.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="precision">What the masked transformer samples in; a setting of <see cref="Precision"/>.</param>
    public StorySampler(ModelParts parts, int prefixFrames, ComputeDevice device, string precision = Precision.Float32)
    {
        _prefixFrames = prefixFrames;
        _text = TextEncoderModel.Load(parts.TextEncoder, device);
        _video = VideoTokenizerModel.Load(parts.VideoTokenizer, device);
        _masked = MaskedTransformerModel.Load(parts.MaskedTransformer, device, precision);
    }

    /// <summary>The model's own sampling settings.</summary>
    public SamplingSettings DefaultSampling => _masked.DefaultSampling;

    /// <summary>Makes a story: one clip for each prompt, the longest that the model makes, later ones going on from the last frames.</summary>
    /// <param name="prompts">One for each clip.</param>
    /// <param name="sampling">Steps, guidance, temperatures.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="opening">A frame that the story begins with, height * width * 3 bytes; not among the new ones. Null for none.</param>
    /// <returns>New frames of each clip, height * width * 3 bytes each.</returns>
    public IReadOnlyList<IReadOnlyList<byte[]>> Story(IReadOnlyList<string> prompts, SamplingSettings sampling, ulong seed, byte[]? opening = null)
    {
        var clips = new List<IReadOnlyList<byte[]>>();
        int[] prefix = opening is null ? [] : Encode([opening]);
        for (int scene = 0; scene < prompts.Count; scene++)
        {
            var prompt = _text.Encode([prompts[scene]], Math.Min(_text.MaxTokens, _masked.MaxTextTokens))[0];
            using var sampler = _masked.BeginClip(new ClipRequest
            {
                TextEmbedding = prompt.Values,
                TextTokens = prompt.TokenIds.Length,
                LatentFrames = _masked.MaxLatentFrames,
                PrefixTokens = prefix,
                Sampling = sampling,
                Seed = seed,
                Scene = (uint)scene,
            });
            while (!sampler.IsDone)
            {
                sampler.Step();
            }

            var frames = Decode(sampler.Tokens);
            int known = prefix.Length == 0 ? 0 : _video.Geometry.Frames(prefix.Length / _video.Geometry.TokensPerLatentFrame);
            clips.Add([.. frames.Skip(known)]);
            prefix = Encode(frames.TakeLast(_prefixFrames));
        }

        return clips;
    }

    /// <summary>Encodes a clip and decodes it again: what the video tokenizer leaves of it.</summary>
    /// <param name="clip">Bytes [frames, height, width, 3]; whole latent frames.</param>
    public byte[] Rebuild(byte[] clip) => [.. Decode(Encode(clip.Chunk(_video.Geometry.FrameBytes))).SelectMany(frame => frame)];

    private List<byte[]> Decode(int[] tokens)
    {
        using var session = _video.BeginDecode();
        return [.. session.Append([.. tokens.Chunk(_video.Geometry.TokensPerLatentFrame)])];
    }

    private int[] Encode(IEnumerable<byte[]> frames)
    {
        using var session = _video.BeginEncode();
        return [.. session.Append([.. frames]).SelectMany(tokens => tokens)];
    }

    public void Dispose()
    {
        _text.Dispose();
        _video.Dispose();
        _masked.Dispose();
    }
}
