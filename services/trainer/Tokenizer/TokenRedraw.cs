using Phenaki.Geometry;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>
/// Redraws some tokens of clips with a masked transformer, so that a decoder learns to draw the right pixels from tokens that do not quite fit each other: what it
/// gets when clips are generated, and never from a video (arXiv 2509.12474, section 3.3: post-training). A pure function of seed, step and row.
/// </summary>
internal sealed class TokenRedraw : IDisposable
{
    private const uint Redraws = 0;

    private readonly RedrawConfig _config;
    private readonly VideoGeometry _geometry;
    private readonly ulong _seed;
    private readonly Device _device;
    private readonly MaskDraw _masks;
    private readonly TextEncoderModel _text;
    private readonly MaskedTransformerNetwork _network;
    private readonly Tensor _embeddings;
    private readonly SamplingSettings _sampling;
    private readonly int _maxTextTokens;

    /// <summary>Reads a masked transformer and its text encoder.</summary>
    /// <param name="config">Settings; must have no violations.</param>
    /// <param name="video">The video tokenizer whose decoder learns.</param>
    /// <param name="seed">Seed of the training.</param>
    /// <param name="device">Where to run.</param>
    /// <exception cref="InvalidOperationException">The model knows other tokens; the message names the fields.</exception>
    /// <exception cref="ModelFormatException">A folder is missing, damaged, or holds another kind of model.</exception>
    public TokenRedraw(RedrawConfig config, VideoTokenizerConfig video, ulong seed, ComputeDevice device)
    {
        (_config, _geometry, _seed, _device) = (config, video.Geometry(), seed, device.Torch);
        _masks = new MaskDraw(seed, _geometry.TokensPerLatentFrame, textDrop: 0);
        var parts = new ModelParts(config.Model);
        using var files = ModelFolder.Open(parts.MaskedTransformer, MaskedTransformerConfig.Type);
        var sizes = files.ReadConfig<MaskedTransformerConfig>();
        GivenModel.ThrowIfDifferent(config.Model, Mismatches(sizes, video));
        _text = TextEncoderModel.Load(parts.TextEncoder, device);
        _network = new MaskedTransformerNetwork(sizes, _device);
        files.LoadWeights(_network, _device);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        _embeddings = _network.Embeddings().DetachFromDisposeScope();
        _maxTextTokens = Math.Min(_text.MaxTokens, sizes.MaxTextTokens);

        // Without guidance the draws differ more, as they do where a model is less sure.
        _sampling = sizes.DefaultSampling with { Steps = config.Steps, GuidanceScale = 1, Temperature = 1 };
    }

    /// <summary>Redraws tokens of clips.</summary>
    /// <param name="tokens">Shape [clips, latent frames, tokens of a latent frame], int64.</param>
    /// <param name="clips">Their captions, and where their scenes change.</param>
    /// <param name="step">Step of the training.</param>
    /// <param name="firstRow">Row of the first of them in the step; clips and stills have rows of their own.</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor tokens, IReadOnlyList<TrainingClip> clips, long step, int firstRow)
    {
        using var _ = no_grad();
        int latentFrames = (int)tokens.shape[1];
        int[][] all = [.. tokens.to_type(ScalarType.Int32).flatten().cpu().data<int>().ToArray().Chunk(_geometry.Tokens(latentFrames))];
        for (int i = 0; i < clips.Count; i++)
        {
            if (_masks.Uniform(step, firstRow + i, Redraws) < _config.Share)
            {
                Redraw(all[i], clips[i], latentFrames, step, firstRow + i);
            }
        }

        return tensor([.. all.SelectMany(clip => clip)], tokens.shape, device: _device).to_type(ScalarType.Int64);
    }

    private void Redraw(int[] tokens, TrainingClip clip, int latentFrames, long step, int row)
    {
        using var scope = NewDisposeScope();
        int known = clip.LatentFramesBeforeTransition(_geometry, latentFrames);
        foreach (int position in _masks.Draw(step, row, latentFrames, known, _config.MostTokens).Masked)
        {
            tokens[position] = _network.MaskToken;
        }

        var prompt = _text.Encode([clip.Caption], _maxTextTokens)[0];
        var (text, mask) = TextBatch.Pad([tensor(prompt.Values, [1, prompt.TokenIds.Length, _text.Width], device: _device)]);
        var context = _network.Project(text, mask);
        var positions = _network.PositionBiases(latentFrames);
        Tensor? rows = null;
        MaskedDecoding.Decode(tokens, _network.Code, Predict, _sampling, new ClipNoise(_seed, (uint)step, (uint)row));

        void Predict(ReadOnlySpan<int> all, ReadOnlySpan<int> masked, int part, ReadOnlySpan<int> chosen, Span<float> logits)
        {
            if (part == 0)
            {
                var at = tensor(masked.ToArray(), dtype: ScalarType.Int64, device: _device);
                rows = _network.Forward(tensor(all.ToArray(), [1, all.Length], dtype: ScalarType.Int64, device: _device), _embeddings, context, positions)[0].index_select(0, at);
            }

            var hidden = _network.Hidden(rows!, _embeddings, part, tensor(chosen.ToArray(), dtype: ScalarType.Int64, device: _device));
            _network.Logits(hidden, _embeddings, part).to_type(ScalarType.Float32).flatten().cpu().data<float>().ToArray().CopyTo(logits);
        }
    }

    private static IEnumerable<string> Mismatches(MaskedTransformerConfig model, VideoTokenizerConfig video)
    {
        foreach (string mismatch in TokenSizes.Mismatches(model, video))
        {
            yield return "its " + mismatch;
        }

        if (model.MaxLatentFrames < video.TemporalWindow)
        {
            yield return $"its max_latent_frames is {model.MaxLatentFrames}; the video tokenizer needs {video.TemporalWindow}";
        }
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        _network.Dispose();
        _text.Dispose();
    }
}
