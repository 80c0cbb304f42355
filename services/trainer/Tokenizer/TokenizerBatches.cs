using Phenaki.Geometry;
using Phenaki.Models;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.StoryWorld;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Clips and stills as tensors, with a weight for each pixel.</summary>
internal sealed class TokenizerBatches(IClipSource source, VideoGeometry geometry, int clipFrames, double subjectWeight, double faintWeight, Device device)
{
    // Stills of a step have numbers of their own: otherwise each would be the first frame of a clip of the same step.
    private const int StillNumber = 4096;
    private const ulong NumbersOfStep = 8192;

    /// <summary>A batch of clips of equal length.</summary>
    /// <param name="Frames">Shape [batch, frames, height, width, 3], -1 to 1.</param>
    /// <param name="Weights">Shape [batch, frames, height, width, 1].</param>
    /// <param name="IsStill">True for clips of one frame.</param>
    /// <param name="HasSubjects">True where subjects are known and weigh more.</param>
    public sealed record Batch(Tensor Frames, Tensor Weights, bool IsStill, bool HasSubjects) : IDisposable
    {
        public void Dispose()
        {
            Frames.Dispose();
            Weights.Dispose();
        }
    }

    /// <summary>Reads the clips and stills of a step: the same numbers give the same pixels.</summary>
    /// <param name="step">Number of the step.</param>
    /// <param name="clips">Clips to read in each part.</param>
    /// <param name="stills">Stills to read in each part.</param>
    /// <param name="parts">Parts; together they read what one larger part would.</param>
    /// <param name="heldOut">True: of what training never sees.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>For each part its clips, then its stills.</returns>
    public async Task<IReadOnlyList<ClipSet>> ReadAsync(long step, int clips, int stills, int parts, bool heldOut, CancellationToken cancellationToken)
    {
        double frames = (double)parts * ((clips * clipFrames) + stills);
        var read = new List<ClipSet>();
        for (int part = 0; part < parts; part++)
        {
            foreach (var (count, length) in new[] { (clips, clipFrames), (stills, 1) }.Where(kind => kind.Item1 > 0))
            {
                ulong first = ((ulong)step * NumbersOfStep) + (ulong)(part * count) + (length == 1 ? StillNumber : 0ul);
                long ordinal = ((step * parts) + part) * count;
                ClipDraw[] draws = [.. Enumerable.Range(0, count).Select(i => new ClipDraw(first + (ulong)i, ordinal + i, length, heldOut))];
                var drawn = await source.DrawAllAsync(draws, _ => false, cancellationToken).ConfigureAwait(false);
                read.Add(new ClipSet(drawn, length, FramePixels.Join([.. drawn.Select(clip => clip.Rgb)], length * geometry.FrameBytes), Weights(drawn, length), count * length / frames));
            }
        }

        return read;
    }

    /// <summary>Brings clips to the device.</summary>
    public Batch Load(ClipSet set)
    {
        bool hasSubjects = set.Weights.Length > 0;
        long[] shape = [set.Clips.Count, set.Frames, geometry.Height, geometry.Width];
        var weights = hasSubjects
            ? tensor(set.Weights, [.. shape, 1], device: device)
            : ones([.. shape, 1], device: device);
        return new Batch(FramePixels.FromBytes(set.Pixels, shape, device), weights, set.Frames == 1, hasSubjects);
    }

    private float[] Weights(TrainingClip[] clips, int frames)
    {
        if (subjectWeight <= 1 || Array.Exists(clips, clip => clip.SubjectBoxes is null))
        {
            return [];
        }

        int area = geometry.Height * geometry.Width;
        var weights = new float[clips.Length * frames * area];
        Array.Fill(weights, 1);
        for (int i = 0; i < clips.Length; i++)
        {
            for (int f = 0; f < frames; f++)
            {
                Mark(weights.AsSpan(((i * frames) + f) * area, area), clips[i].SubjectBoxes![f]);
            }

            if (faintWeight > 0 && clips[i].Faintness is { } faintness)
            {
                for (int pixel = 0; pixel < frames * area; pixel++)
                {
                    weights[(i * frames * area) + pixel] += (float)faintWeight * faintness[pixel];
                }
            }
        }

        return weights;
    }

    /// <summary>Mean squared error of the pixels of each token.</summary>
    /// <param name="difference">Shape [batch, frames, height, width, 3].</param>
    /// <returns>Shape [batch, latent frames, tokens of a latent frame].</returns>
    public Tensor ErrorByToken(Tensor difference)
    {
        var (batch, frames) = (difference.shape[0], difference.shape[1]);
        var byFrame = difference.Squared()
            .reshape(batch, frames, geometry.Rows, geometry.PatchHeight, geometry.Columns, geometry.PatchWidth, 3)
            .mean([3, 5, 6]).flatten(2, 3);
        var first = byFrame.narrow(1, 0, 1);
        if (frames == 1)
        {
            return first;
        }

        var later = byFrame.narrow(1, 1, frames - 1)
            .reshape(batch, (frames - 1) / geometry.TemporalPatch, geometry.TemporalPatch, geometry.TokensPerLatentFrame).mean([2]);
        return cat([first, later], 1);
    }

    private void Mark(Span<float> weights, Box box)
    {
        for (int y = box.Y; y < box.Y + box.Height; y++)
        {
            weights.Slice((y * geometry.Width) + box.X, box.Width).Fill((float)subjectWeight);
        }
    }
}
