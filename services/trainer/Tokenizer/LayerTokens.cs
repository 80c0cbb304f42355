using System.Security.Cryptography;
using Phenaki.Geometry;
using Phenaki.Models.Folders;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.StoryWorld.Drawing;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>
/// Tokens of drawn clips in which a subject looks the same wherever it stands: those of its patches come from the subject before a flat backdrop, always at the same place of the picture but for
/// what is less than a patch, those of all others from the place without it. Of tokens that an encoder gives by itself each depends on what stands behind and beside a subject too, so that every pose
/// of it has thousands of looks, and a masked transformer sees most of them once. A teacher gives the tokens of the layers; an encoder then learns to give them for whole pictures. Not for several threads.
/// </summary>
internal sealed class LayerTokens : IDisposable
{
    private const int Size = StoryWorldDataset.Size;
    private const int FrameBytes = StoryWorldDataset.FrameBytes;

    // Two flat backdrops tell how opaque what stands before them is.
    private const byte Grey = 128;
    private const byte White = 255;

    // Pixels that must be at least a third opaque for a patch to be the subject's.
    private const int LeastPixels = 4;
    private const int LeastOpaque = (White - Grey) / 3;

    // Where a subject stands before the flat backdrop: all that moves with it finds room.
    private const int HomeX = 16;
    private const int HomeY = 24;

    // Of all that is drawn there are some thirty thousand layers; where there are more, they are encoded anew.
    private const int MostKept = 200_000;

    // So many pictures are always encoded at once, the last of them again and again where there are fewer: a token must not depend on what else is new in a batch.
    private const int Together = 8;

    private static readonly byte[] GreyFrame = FlatFrame(Grey);
    private static readonly byte[] WhiteFrame = FlatFrame(White);

    private readonly VideoTokenizerNetwork _teacher;
    private readonly VideoGeometry _geometry;
    private readonly Device _device;
    private readonly Dictionary<UInt128, int[]> _kept = [];
    private readonly Dictionary<UInt128, byte[]> _wanted = [];
    private readonly int[] _unknown;

    /// <summary>Reads the teacher.</summary>
    /// <param name="config">Settings; must have no violations, and name a teacher.</param>
    /// <param name="video">The video tokenizer whose tokens are wanted: sizes and codes must be the teacher's.</param>
    /// <param name="codebook">Its codes.</param>
    /// <param name="device">Where to run.</param>
    /// <exception cref="InvalidOperationException">Sizes or codes differ; the message says which.</exception>
    /// <exception cref="ModelFormatException">The folder is missing, damaged, or holds another kind of model.</exception>
    public LayerTokens(LayersConfig config, VideoTokenizerConfig video, Tensor codebook, Device device)
    {
        (_geometry, _device) = (video.Geometry(), device);
        _unknown = new int[_geometry.TokensPerLatentFrame];
        _teacher = new VideoTokenizerNetwork(video, device);
        TokenizerStart.Load(_teacher, video, config.Teacher!, device);
        if (_teacher.Quantizer is not VectorQuantizer quantizer || !quantizer.Codebook.equal(codebook).all().item<bool>())
        {
            _teacher.Dispose();
            throw new InvalidOperationException($"The codes of {config.Teacher} are not those of the video tokenizer that learns from it.");
        }
    }

    /// <summary>The tokens of clips.</summary>
    /// <param name="clips">Drawn ones.</param>
    /// <returns>Tokens [latent frames * tokens of a latent frame] of each, and which of them are the subject's.</returns>
    public IReadOnlyList<(int[] Tokens, bool[] IsSubject)> Of(IReadOnlyList<TrainingClip> clips)
    {
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        // What is new is first seen, then encoded together, then put where it belongs.
        (int[] Tokens, bool[] IsSubject)[] made = [.. clips.Select(Put)];
        if (_wanted.Count == 0)
        {
            return made;
        }

        EncodeWanted();
        return [.. clips.Select(Put)];
    }

    private (int[] Tokens, bool[] IsSubject) Put(TrainingClip clip)
    {
        var states = clip.States ?? throw new ArgumentException("Nobody knows what the clip was drawn from.", nameof(clip));
        int count = _geometry.TokensPerLatentFrame;
        int latentFrames = _geometry.LatentFrames(states.Count);
        var (tokens, isSubject) = (new int[latentFrames * count], new bool[latentFrames * count]);
        for (int latentFrame = 0; latentFrame < latentFrames; latentFrame++)
        {
            int from = latentFrame == 0 ? 0 : _geometry.Frames(latentFrame);
            FrameState[] frames = [.. states.Skip(from).Take(latentFrame == 0 ? 1 : _geometry.TemporalPatch)];
            PutBackdrop(frames, tokens.AsSpan(latentFrame * count, count));
            PutSubject(frames, tokens.AsSpan(latentFrame * count, count), isSubject.AsSpan(latentFrame * count, count));
        }

        return (tokens, isSubject);
    }

    // A shadow changes no token but those that it falls on.
    private void PutBackdrop(FrameState[] frames, Span<int> tokens)
    {
        byte[] plain = Draw(frames, new byte[FrameBytes], (frame, state) => SceneRenderer.DrawBackdrop(frame, Stage.All, state, hasShadows: false));
        byte[] shadowed = Draw(frames, new byte[FrameBytes], (frame, state) => SceneRenderer.DrawBackdrop(frame, Stage.All, state, hasShadows: true));
        int[] made = TokensOf(plain, plain[..FrameBytes]);
        made.CopyTo(tokens);
        if (plain.AsSpan().SequenceEqual(shadowed))
        {
            return;
        }

        int[] darker = TokensOf(shadowed, shadowed[..FrameBytes]);
        int[] pixels = PixelsByPatch(at => plain[at] != shadowed[at], plain.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = pixels[i] > 0 ? darker[i] : made[i];
        }
    }

    private void PutSubject(FrameState[] frames, Span<int> tokens, Span<bool> isSubject)
    {
        var (columns, rows) = FromHome(frames[^1].Actor);
        int right = -columns * _geometry.PatchWidth, down = -rows * _geometry.PatchHeight;
        byte[] grey = Draw(frames, GreyFrame, (frame, state) => SceneRenderer.DrawForeground(frame, Stage.All, state, right, down));
        byte[] white = Draw(frames, WhiteFrame, (frame, state) => SceneRenderer.DrawForeground(frame, Stage.All, state, right, down));
        int[] pixels = PixelsByPatch(at => White - Grey - (white[at] - grey[at]) >= LeastOpaque, grey.Length);
        int[] made = TokensOf(grey, GreyFrame);

        // What waves hide is sea.
        int bottom = frames[^1].Scene.Place == Place.Ocean ? PlacePainter.WaterLine / _geometry.PatchHeight : _geometry.Rows;
        for (int i = 0; i < made.Length; i++)
        {
            int row = (i / _geometry.Columns) + rows, column = (i % _geometry.Columns) + columns;
            if (pixels[i] >= LeastPixels && row >= 0 && row < bottom && column >= 0 && column < _geometry.Columns)
            {
                int at = (row * _geometry.Columns) + column;
                (tokens[at], isSubject[at]) = (made[i], true);
            }
        }
    }

    // Whole patches to the right of and below the place before the flat backdrop.
    private (int Columns, int Rows) FromHome(Actor actor)
    {
        return (Patches(actor.X, HomeX, _geometry.PatchWidth), Patches(actor.Y, HomeY, _geometry.PatchHeight));

        static int Patches(int at, int home, int patch) => (int)Math.Floor((double)at / patch) - (home / patch);
    }

    private static byte[] Draw(FrameState[] frames, byte[] before, SceneRenderer.Painter paint) => [.. frames.SelectMany(state =>
    {
        byte[] frame = [.. before];
        paint(frame, state);
        return frame;
    })];

    private int[] PixelsByPatch(Func<int, bool> isCounted, int bytes)
    {
        var counts = new int[_geometry.TokensPerLatentFrame];
        for (int at = 0; at < bytes; at += 3)
        {
            int pixel = at / 3 % (Size * Size);
            if (isCounted(at))
            {
                counts[(pixel / Size / _geometry.PatchHeight * _geometry.Columns) + (pixel % Size / _geometry.PatchWidth)]++;
            }
        }

        return counts;
    }

    // Of what was not seen before the tokens are not known yet.
    private int[] TokensOf(byte[] frames, byte[] before)
    {
        byte[] hash = SHA256.HashData(frames);
        var key = new UInt128(BitConverter.ToUInt64(hash, 0), BitConverter.ToUInt64(hash, 8));
        if (_kept.TryGetValue(key, out int[]? kept))
        {
            return kept;
        }

        // The same frame goes before all that look the same, so that they have the same tokens.
        _wanted[key] = frames.Length == FrameBytes ? frames : [.. before, .. frames];
        return _unknown;
    }

    private void EncodeWanted()
    {
        using var _ = no_grad();
        foreach (var ofLength in _wanted.GroupBy(entry => entry.Value.Length))
        {
            foreach (var together in ofLength.Chunk(Together))
            {
                using var scope = NewDisposeScope();
                byte[] all = FramePixels.Join([.. Enumerable.Range(0, Together).Select(i => together[Math.Min(i, together.Length - 1)].Value)], ofLength.Key);
                var video = FramePixels.FromBytes(all, [Together, ofLength.Key / FrameBytes, Size, Size], _device);
                var indices = _teacher.Quantizer.Indices(_teacher.Quantizer.Bound(_teacher.Encode(video)));
                var last = indices.select(1, indices.shape[1] - 1).flatten(1).to_type(ScalarType.Int32).cpu();
                for (int i = 0; i < together.Length; i++)
                {
                    _kept.Add(together[i].Key, last[i].data<int>().ToArray());
                }
            }
        }

        _wanted.Clear();
    }

    private static byte[] FlatFrame(byte value)
    {
        var frame = new byte[FrameBytes];
        Array.Fill(frame, value);
        return frame;
    }

    public void Dispose() => _teacher.Dispose();
}
