using Phenaki.Models.Video;
using Phenaki.Trainer.StoryWorld;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Judging;

/// <summary>Makes tensors of the bytes of clips.</summary>
internal static class ClipTensor
{
    /// <summary>Clips of equal length.</summary>
    /// <param name="clips">Bytes [frames, 64, 64, 3] of each.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="device">Where the tensor lives.</param>
    /// <returns>Shape [clips, frames, 64, 64, 3], -1 to 1.</returns>
    public static Tensor Of(IReadOnlyList<byte[]> clips, int frames, Device device)
    {
        const int Size = StoryWorldDataset.Size;
        return FramePixels.FromBytes(FramePixels.Join(clips, frames * StoryWorldDataset.FrameBytes), [clips.Count, frames, Size, Size], device);
    }
}
