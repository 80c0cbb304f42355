using Phenaki.Geometry;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>Clips and stills as tokens with their captions and masks.</summary>
internal sealed class TransformerBatches(
    IClipSource source, VideoTokenizerNetwork tokenizer, VideoGeometry geometry, SentencePieceTokenizer words, TransformerTrainingConfig config, Device device,
    bool heldOut = false, TokenCache? cache = null)
{
    // Some clips are shorter than the longest, as the last clip of a scene often is.
    private const double ShorterShare = 0.12;

    // Clips and stills of a step have rows and numbers of their own.
    private const int Clips = 4096;

    private readonly Lock _cacheLock = new();
    private readonly MaskDraw _masks = new(config.Seed, geometry.TokensPerLatentFrame, config.TextDrop);

    /// <summary>Samples of equal length, read but not yet tokenised.</summary>
    /// <param name="Step">Their step.</param>
    /// <param name="FirstRow">Row of the first of them in the step.</param>
    /// <param name="LatentFrames">Latent frames of each.</param>
    /// <param name="Clips">At least one.</param>
    public sealed record Samples(long Step, int FirstRow, int LatentFrames, IReadOnlyList<TrainingClip> Clips);

    /// <summary>Samples of equal length.</summary>
    /// <param name="Tokens">Shape [batch, latent frames * tokens of a latent frame], int64.</param>
    /// <param name="LatentFrames">Latent frames of each.</param>
    /// <param name="WordIds">Shape [batch, longest caption], int64, padded with 0.</param>
    /// <param name="WordMask">Shape [batch, longest caption], true for a word.</param>
    /// <param name="Examples">What is masked in each.</param>
    public sealed record Batch(Tensor Tokens, int LatentFrames, Tensor WordIds, Tensor WordMask, IReadOnlyList<MaskedExample> Examples);

    /// <summary>Reads the samples of a step: clips, then stills, each in as many parts as gradients are accumulated over.</summary>
    public async Task<IReadOnlyList<Samples>> ReadAsync(long step, CancellationToken cancellationToken)
    {
        var phase = config.PhaseAt(step);
        var (clipsBefore, stillsBefore) = config.DrawnBefore(step);
        int latentFrames = config.Model.MaxLatentFrames;
        int shortest = geometry.LatentFrames(config.PrefixFrames) + 1;
        if (latentFrames > shortest && _masks.Uniform(step, Clips, 0) < ShorterShare)
        {
            latentFrames = shortest + (int)(_masks.Uniform(step, Clips, 1) * (latentFrames - shortest));
        }

        var samples = new List<Samples>();
        foreach (var (count, length, before) in new[] { (phase.Clips, latentFrames, clipsBefore), (phase.Stills, 1, stillsBefore) }.Where(kind => kind.Item1 > 0))
        {
            for (int part = 0; part < config.Accumulate; part++)
            {
                int row = (part * count) + (length == 1 ? 0 : Clips);
                ClipDraw[] draws = [.. Enumerable.Range(0, count).Select(i => new ClipDraw(
                    ((ulong)step * 2 * Clips) + (ulong)(row + i), before + (part * count) + i, geometry.Frames(length), heldOut))];
                samples.Add(new Samples(step, row, length, await source.DrawAllAsync(draws, IsKept, cancellationToken).ConfigureAwait(false)));
            }
        }

        return samples;
    }

    /// <summary>Tokenises samples and draws their masks.</summary>
    public Batch Load(Samples samples)
    {
        var (step, firstRow, latentFrames, clips) = samples;
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var tokens = Tokens(clips, latentFrames);
        var (ids, mask) = Words([.. clips.Select(clip => Shortened(words.Encode(clip.Caption).Ids))]);
        MaskedExample[] examples = [.. clips.Select((clip, i) =>
            _masks.Draw(step, firstRow + i, latentFrames, latentFrames == 1 ? 0 : Known(step, firstRow + i, clip, latentFrames)))];
        return new Batch(tokens.MoveToOuterDisposeScope(), latentFrames, ids.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope(), examples);
    }

    // Reading runs beside the step before, which adds to the cache.
    private bool IsKept(UInt128 clip)
    {
        lock (_cacheLock)
        {
            return cache is not null && cache.Contains(clip);
        }
    }

    // Which clips are tokenised together follows from the steps before alone, never from how far reading had come: the last digits depend on it.
    private Tensor Tokens(IReadOnlyList<TrainingClip> clips, int latentFrames)
    {
        int length = geometry.Tokens(latentFrames);
        TrainingClip[] fresh = [.. clips.Where(clip => clip.Identity is not { } known || !IsKept(known))];
        int[][] made = fresh.Length == 0 ? [] : [.. Tokenise(fresh, latentFrames).Chunk(length)];
        int next = 0;
        int[] all;
        lock (_cacheLock)
        {
            all = [.. clips.SelectMany(clip => next < fresh.Length && ReferenceEquals(clip, fresh[next]) ? made[next++] : cache!.Read(clip.Identity!.Value))];
            cache?.Add([.. fresh.Zip(made).Where(pair => pair.First.Identity is not null).DistinctBy(pair => pair.First.Identity).Select(pair => (pair.First.Identity!.Value, pair.Second))]);
        }

        return tensor(all, [clips.Count, length], device: device).to_type(ScalarType.Int64);
    }

    private int[] Tokenise(TrainingClip[] clips, int latentFrames)
    {
        int frames = geometry.Frames(latentFrames);
        var pixels = new byte[clips.Length * frames * geometry.FrameBytes];
        for (int i = 0; i < clips.Length; i++)
        {
            clips[i].Rgb.CopyTo(pixels, i * frames * geometry.FrameBytes);
        }

        using var scope = NewDisposeScope();
        var video = tensor(pixels, [clips.Length, frames, geometry.Height, geometry.Width, 3], device: device).to_type(ScalarType.Float32).div_(127.5f).sub_(1f);
        return tokenizer.Quantizer.Indices(tokenizer.Quantizer.Bound(tokenizer.Encode(video))).flatten().to_type(ScalarType.Int32).cpu().data<int>().ToArray();
    }

    // What is known when a clip is made: its first frame, decoded as a still before the rest, or the frames that the story goes on from.
    // A change of scene begins where the known frames end, for that is where a new prompt takes over.
    private int Known(long step, int row, TrainingClip clip, int latentFrames)
    {
        if (clip.TransitionFrame > 0)
        {
            return Math.Min(geometry.LatentFramesCovering(clip.TransitionFrame), latentFrames - 1);
        }

        int most = Math.Min(geometry.LatentFrames(config.PrefixFrames), latentFrames - 1);
        double uniform = _masks.Uniform(step, row, 2);
        return uniform < 0.5 ? 1 : uniform < 0.55 ? Math.Min(2, most) : most;
    }

    // Of a caption that is longer than the model reads, the beginning; it ends as every caption does.
    private int[] Shortened(int[] ids) =>
        ids.Length <= config.Model.MaxTextTokens ? ids : [.. ids.Take(config.Model.MaxTextTokens - 1), ids[^1]];

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
