using Phenaki.Geometry;
using Phenaki.Trainer.StoryWorld;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Draws StoryWorld clips and stills as tensors, with a weight for each pixel.</summary>
internal sealed class TokenizerBatches(StoryWorldDataset world, VideoGeometry geometry, int clipFrames, ulong seed, double subjectWeight, Device device)
{
    /// <summary>A batch of clips of equal length.</summary>
    /// <param name="Frames">Shape [batch, frames, height, width, 3], -1 to 1.</param>
    /// <param name="Weights">Shape [batch, frames, height, width, 1].</param>
    /// <param name="IsStill">True for clips of one frame.</param>
    /// <param name="FrameShare">Part of the frames of all batches drawn with it, 0 to 1.</param>
    public sealed record Batch(Tensor Frames, Tensor Weights, bool IsStill, double FrameShare) : IDisposable
    {
        public void Dispose()
        {
            Frames.Dispose();
            Weights.Dispose();
        }
    }

    /// <summary>Draws batches of a step: the same numbers give the same pixels.</summary>
    /// <param name="step">Number of the step.</param>
    /// <param name="clips">Clips to draw.</param>
    /// <param name="stills">Stills to draw.</param>
    /// <param name="part">Number of the part, from 0: the parts of a step draw one after the other what one larger part would draw.</param>
    public IEnumerable<Batch> Draw(long step, int clips, int stills, int part = 0)
    {
        double all = (clips * clipFrames) + stills;
        if (clips > 0)
        {
            yield return Make(step, part * clips, clips, clipFrames, all);
        }

        if (stills > 0)
        {
            yield return Make(step, part * stills, stills, 1, all);
        }
    }

    /// <summary>Mean squared error of the pixels of each token.</summary>
    /// <param name="difference">Shape [batch, frames, height, width, 3].</param>
    /// <returns>Shape [batch, latent frames, tokens of a latent frame].</returns>
    public Tensor ErrorByToken(Tensor difference)
    {
        var (batch, frames) = (difference.shape[0], difference.shape[1]);
        var byFrame = difference.square()
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

    private Batch Make(long step, int first, int count, int frames, double all)
    {
        var pixels = new byte[count * frames * geometry.FrameBytes];
        var weights = new float[count * frames * geometry.Height * geometry.Width];
        Array.Fill(weights, 1f);
        for (int i = 0; i < count; i++)
        {
            // Stills have numbers of their own: otherwise each would be the first frame of a clip of the same step.
            ulong index = ((ulong)step * 8192) + (ulong)(first + i) + (frames == 1 ? 4096ul : 0ul);
            var clip = world.Draw(seed, index, new ClipOptions { Frames = frames });
            clip.Rgb.CopyTo(pixels, i * frames * geometry.FrameBytes);
            for (int f = 0; f < frames; f++)
            {
                Weigh(weights.AsSpan(((i * frames) + f) * geometry.Height * geometry.Width, geometry.Height * geometry.Width), clip.SubjectBoxes[f]);
            }
        }

        long[] shape = [count, frames, geometry.Height, geometry.Width];
        var video = tensor(pixels, [.. shape, 3], device: device).to_type(ScalarType.Float32).div_(127.5f).sub_(1f);
        return new Batch(video, tensor(weights, [.. shape, 1], device: device), frames == 1, count * frames / all);
    }

    private void Weigh(Span<float> weights, Box box)
    {
        for (int y = box.Y; y < box.Y + box.Height; y++)
        {
            weights.Slice((y * geometry.Width) + box.X, box.Width).Fill((float)subjectWeight);
        }
    }
}
