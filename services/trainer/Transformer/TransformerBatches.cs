using Phenaki.Geometry;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Tokenizer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>Clips and stills as tokens with their captions and masks.</summary>
internal sealed class TransformerBatches(
    IClipSource source, VideoTokenizerNetwork tokenizer, VideoGeometry geometry, SentencePieceTokenizer words, TransformerTrainingConfig config, Device device,
    bool heldOut = false, TokenCache? cache = null, LayerTokens? layers = null)
{
    // Some clips are shorter than the longest, as the last clip of a scene often is.
    private const double ShorterShare = 0.12;

    private const uint GuessingDraw = 3;

    private const uint OwnDraw = 4;

    // Clips and stills of a step have rows and numbers of their own.
    private const int Clips = 4096;

    private readonly Lock _cacheLock = new();
    private readonly MaskDraw _masks = new(config.Seed, geometry.TokensPerLatentFrame, config.TextDrop);

    /// <summary>Samples of equal length, read but not yet tokenised.</summary>
    /// <param name="LatentFrames">Latent frames of each.</param>
    /// <param name="Clips">At least one.</param>
    /// <param name="Pixels">Bytes of all clips, one behind the other; empty where some of their tokens may be known.</param>
    /// <param name="Words">Word ids of the captions.</param>
    /// <param name="Examples">What is masked in each.</param>
    /// <param name="GuessNumbers">Uniform numbers in (0, 1), three for each guessed token of all samples.</param>
    public sealed record Samples(
        int LatentFrames, IReadOnlyList<TrainingClip> Clips, byte[] Pixels, IReadOnlyList<int[]> Words, IReadOnlyList<MaskedExample> Examples, float[] GuessNumbers);

    /// <summary>Samples of equal length.</summary>
    /// <param name="Tokens">Shape [batch, latent frames * tokens of a latent frame], int64.</param>
    /// <param name="LatentFrames">Latent frames of each.</param>
    /// <param name="WordIds">Shape [batch, longest caption], int64, padded with 0.</param>
    /// <param name="WordMask">Shape [batch, longest caption], true for a word.</param>
    /// <param name="Masked">Masked positions among the tokens of all, one behind the other, int64.</param>
    /// <param name="DropText">Shape [batch], true for a sample that is trained without its text.</param>
    /// <param name="Guessed">Guessed positions among the tokens of all, one behind the other, int64; null where none are.</param>
    /// <param name="GuessNumbers">Uniform numbers in (0, 1) that the guesses are drawn with, shape [guessed, 3]; null where none are.</param>
    public sealed record Batch(Tensor Tokens, int LatentFrames, Tensor WordIds, Tensor WordMask, Tensor Masked, Tensor DropText, Tensor? Guessed = null, Tensor? GuessNumbers = null);

    /// <summary>Reads the samples of a step and draws their masks: clips, then stills, each in as many parts as gradients are accumulated over.</summary>
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
                samples.Add(Prepare(step, row, length, await source.DrawAllAsync(draws, IsKept, cancellationToken).ConfigureAwait(false)));
            }
        }

        return samples;
    }

    // All that needs no device, so that it can be done while the device does the step before.
    private Samples Prepare(long step, int firstRow, int latentFrames, TrainingClip[] clips)
    {
        var examples = new MaskedExample[clips.Length];
        var ids = new int[clips.Length][];
        Parallel.For(0, clips.Length, i =>
        {
            int row = firstRow + i;
            int known = latentFrames == 1 ? 0 : Known(step, row, clips[i], latentFrames);
            var example = config.Guessing is { } guessing && _masks.Uniform(step, row, GuessingDraw) < guessing.Share
                ? _masks.DrawGuessing(step, row, latentFrames, known, guessing)
                : _masks.Draw(step, row, latentFrames, known);
            examples[i] = example with { ShowsOwn = config.Layers is not null && _masks.Uniform(step, row, OwnDraw) < config.Layers.Own };
            ids[i] = Shortened(words.Encode(clips[i].Caption).Ids);
        });
        float[] numbers = [.. examples.SelectMany((example, i) => example.Guessed.Select(position => _masks.Guess(step, firstRow + i, position)))
            .SelectMany(number => new[] { number.First, number.Second, number.Third })];
        return new Samples(latentFrames, clips, cache is null ? FramePixels.Join([.. clips.Select(clip => clip.Rgb)], geometry.Frames(latentFrames) * geometry.FrameBytes) : [], ids, examples, numbers);
    }

    /// <summary>Tokenises samples and brings all of them to the device.</summary>
    public Batch Load(Samples samples)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        int length = geometry.Tokens(samples.LatentFrames);
        var (ids, mask) = Words(samples.Words);
        var at = Flat(example => example.Masked);
        var drop = tensor(samples.Examples.Select(example => example.DropText).ToArray(), device: device);
        var tokens = layers is not null ? TokensOfLayers(samples, layers) : cache is null ? Tokenise(samples.Pixels, samples.Clips.Count, samples.LatentFrames) : Tokens(samples.Clips, samples.LatentFrames);
        var (guessed, numbers) = samples.GuessNumbers.Length == 0 ? (null, null) : (Flat(example => example.Guessed), tensor(samples.GuessNumbers, [samples.GuessNumbers.Length / 3, 3], device: device));
        return new Batch(
            tokens.MoveToOuterDisposeScope(), samples.LatentFrames, ids.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope(), at.MoveToOuterDisposeScope(), drop.MoveToOuterDisposeScope(),
            guessed?.MoveToOuterDisposeScope(), numbers?.MoveToOuterDisposeScope());

        Tensor Flat(Func<MaskedExample, int[]> positions) =>
            tensor([.. samples.Examples.SelectMany((example, row) => positions(example).Select(position => ((long)row * length) + position))], dtype: ScalarType.Int64, device: device);
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
        int[][] made = fresh.Length == 0 ? [] : [.. Tokenise(FramePixels.Join([.. fresh.Select(clip => clip.Rgb)], geometry.Frames(latentFrames) * geometry.FrameBytes), fresh.Length, latentFrames)
            .to_type(ScalarType.Int32).flatten().cpu().data<int>().ToArray().Chunk(length)];
        int next = 0;
        int[] all;
        lock (_cacheLock)
        {
            all = [.. clips.SelectMany(clip => next < fresh.Length && ReferenceEquals(clip, fresh[next]) ? made[next++] : cache!.Read(clip.Identity!.Value))];
            cache?.Add([.. fresh.Zip(made).Where(pair => pair.First.Identity is not null).DistinctBy(pair => pair.First.Identity).Select(pair => (pair.First.Identity!.Value, pair.Second))]);
        }

        return tensor(all, [clips.Count, length], device: device).to_type(ScalarType.Int64);
    }

    private Tensor TokensOfLayers(Samples samples, LayerTokens layered)
    {
        int length = geometry.Tokens(samples.LatentFrames);
        int[] tokens = [.. layered.Of(samples.Clips).SelectMany(clip => clip.Tokens)];
        var all = tensor(tokens, [samples.Clips.Count, length], device: device).to_type(ScalarType.Int64);
        int[] own = [.. samples.Examples.Index().Where(entry => entry.Item is { ShowsOwn: true, Known: > 0 }).Select(entry => entry.Index)];
        if (own.Length == 0)
        {
            return all;
        }

        byte[] pixels = FramePixels.Join([.. own.Select(row => samples.Clips[row].Rgb)], geometry.Frames(samples.LatentFrames) * geometry.FrameBytes);
        var seen = Tokenise(pixels, own.Length, samples.LatentFrames);
        foreach (var (at, row) in own.Index())
        {
            int known = samples.Examples[row].Known * geometry.TokensPerLatentFrame;
            all[row].narrow(0, 0, known).copy_(seen[at].narrow(0, 0, known));
        }

        return all;
    }

    // Shape [clips, tokens], int64.
    private Tensor Tokenise(byte[] pixels, int clips, int latentFrames)
    {
        using var scope = NewDisposeScope();
        var video = FramePixels.FromBytes(pixels, [clips, geometry.Frames(latentFrames), geometry.Height, geometry.Width], device);
        return tokenizer.Quantizer.Indices(tokenizer.Quantizer.Bound(tokenizer.Encode(video))).flatten(1).MoveToOuterDisposeScope();
    }

    // What is known when a clip is made: its first frame, decoded as a still before the rest, or the frames that the story goes on from.
    // A change of scene begins where the known frames end, for that is where a new prompt takes over.
    private int Known(long step, int row, TrainingClip clip, int latentFrames)
    {
        if (clip.TransitionFrame > 0)
        {
            return clip.LatentFramesBeforeTransition(geometry, latentFrames);
        }

        int most = Math.Min(geometry.LatentFrames(config.PrefixFrames), latentFrames - 1);
        double uniform = _masks.Uniform(step, row, 2);
        return uniform < 0.5 ? 1 : uniform < 0.55 ? Math.Min(2, most) : most;
    }

    // Of a caption that is longer than the model reads, the beginning; it ends as every caption does.
    private int[] Shortened(int[] ids) =>
        ids.Length <= config.Model.MaxTextTokens ? ids : [.. ids.Take(config.Model.MaxTextTokens - 1), ids[^1]];

    private (Tensor Ids, Tensor Mask) Words(IReadOnlyList<int[]> captions)
    {
        int longest = captions.Max(ids => ids.Length);
        var ids = new long[captions.Count * longest];
        var mask = new bool[ids.Length];
        for (int i = 0; i < captions.Count; i++)
        {
            for (int j = 0; j < captions[i].Length; j++)
            {
                ids[(i * longest) + j] = captions[i][j];
                mask[(i * longest) + j] = true;
            }
        }

        return (tensor(ids, [captions.Count, longest], device: device), tensor(mask, [captions.Count, longest], device: device));
    }
}
