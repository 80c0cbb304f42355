using Phenaki.Geometry;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.StoryWorld;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>Draws StoryWorld clips and stills as tokens with their captions and masks.</summary>
internal sealed class TransformerBatches(
    StoryWorldDataset world, VideoTokenizerNetwork tokenizer, VideoGeometry geometry, SentencePieceTokenizer words, TransformerTrainingConfig config, Device device,
    bool heldOut = false)
{
    // Some clips are shorter than the longest, as the last clip of a scene often is.
    private const double ShorterShare = 0.12;

    // Clips and stills of a step have rows and numbers of their own.
    private const int Clips = 4096;

    private readonly MaskDraw _masks = new(config.Seed, geometry.TokensPerLatentFrame, config.TextDrop);

    /// <summary>Samples of equal length.</summary>
    /// <param name="Tokens">Shape [batch, latent frames * tokens of a latent frame], int64.</param>
    /// <param name="LatentFrames">Latent frames of each.</param>
    /// <param name="WordIds">Shape [batch, longest caption], int64, padded with 0.</param>
    /// <param name="WordMask">Shape [batch, longest caption], true for a word.</param>
    /// <param name="Examples">What is masked in each.</param>
    public sealed record Batch(Tensor Tokens, int LatentFrames, Tensor WordIds, Tensor WordMask, IReadOnlyList<MaskedExample> Examples);

    /// <summary>Draws the batches of a step: clips, then stills, each in as many parts as gradients are accumulated over.</summary>
    public IEnumerable<Batch> Draw(long step)
    {
        var phase = config.PhaseAt(step);
        if (phase.Clips > 0)
        {
            int latentFrames = config.Model.MaxLatentFrames;
            int shortest = geometry.LatentFrames(config.PrefixFrames) + 1;
            if (latentFrames > shortest && _masks.Uniform(step, Clips, 0) < ShorterShare)
            {
                latentFrames = shortest + (int)(_masks.Uniform(step, Clips, 1) * (latentFrames - shortest));
            }

            for (int part = 0; part < config.Accumulate; part++)
            {
                yield return Make(step, part * phase.Clips, phase.Clips, latentFrames);
            }
        }

        if (phase.Stills > 0)
        {
            for (int part = 0; part < config.Accumulate; part++)
            {
                yield return Make(step, part * phase.Stills, phase.Stills, 1);
            }
        }
    }

    private Batch Make(long step, int first, int count, int latentFrames)
    {
        int firstRow = first + (latentFrames == 1 ? 0 : Clips);
        int frames = geometry.Frames(latentFrames);
        var clips = new StoryClip[count];
        Parallel.For(0, count, i =>
            clips[i] = world.Draw(config.Seed, ((ulong)step * 2 * Clips) + (ulong)(firstRow + i), new ClipOptions { Frames = frames, HeldOut = heldOut }));
        var pixels = new byte[count * frames * geometry.FrameBytes];
        for (int i = 0; i < count; i++)
        {
            clips[i].Rgb.CopyTo(pixels, i * frames * geometry.FrameBytes);
        }

        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var video = tensor(pixels, [count, frames, geometry.Height, geometry.Width, 3], device: device).to_type(ScalarType.Float32).div_(127.5f).sub_(1f);
        var tokens = tokenizer.Quantizer.Indices(tokenizer.Quantizer.Bound(tokenizer.Encode(video))).flatten(1);
        var (ids, mask) = Words([.. clips.Select(clip => words.Encode(clip.Caption).Ids)]);
        MaskedExample[] examples = [.. clips.Select((clip, i) =>
            _masks.Draw(step, firstRow + i, latentFrames, latentFrames == 1 ? 0 : Known(step, firstRow + i, clip, latentFrames)))];
        return new Batch(tokens.MoveToOuterDisposeScope(), latentFrames, ids.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope(), examples);
    }

    // What is known when a clip is made: its first frame, decoded as a still before the rest, or the frames that the story goes on from.
    // A change of scene begins where the known frames end, for that is where a new prompt takes over.
    private int Known(long step, int row, StoryClip clip, int latentFrames)
    {
        if (clip.TransitionFrame > 0)
        {
            return Math.Min(geometry.LatentFramesCovering(clip.TransitionFrame), latentFrames - 1);
        }

        int most = geometry.LatentFrames(config.PrefixFrames);
        double uniform = _masks.Uniform(step, row, 2);
        return uniform < 0.5 ? 1 : uniform < 0.55 ? Math.Min(2, most) : most;
    }

    private (Tensor Ids, Tensor Mask) Words(int[][] captions)
    {
        int longest = captions.Max(ids => ids.Length);
        var ids = new long[captions.Length * longest];
        var mask = new bool[ids.Length];
        for (int i = 0; i < captions.Length; i++)
        {
            for (int j = 0; j < captions[i].Length; j++)
            {
                ids[(i * longest) + j] = captions[i][j];
                mask[(i * longest) + j] = true;
            }
        }

        return (tensor(ids, [captions.Length, longest], device: device), tensor(mask, [captions.Length, longest], device: device));
    }
}
