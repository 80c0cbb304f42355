using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Data;

/// <summary>Makes one array, and one tensor, of the bytes of many clips.</summary>
internal static class PackedClips
{
    /// <summary>The bytes of clips, one behind the other.</summary>
    /// <param name="clips">Clips with pixels.</param>
    /// <param name="bytes">Bytes of each.</param>
    public static byte[] Pixels(IReadOnlyList<TrainingClip> clips, int bytes) => Pixels([.. clips.Select(clip => clip.Rgb)], bytes);

    /// <summary>The bytes of clips, one behind the other.</summary>
    /// <param name="clips">Bytes of each clip.</param>
    /// <param name="bytes">Their number.</param>
    public static byte[] Pixels(IReadOnlyList<byte[]> clips, int bytes)
    {
        var all = new byte[clips.Count * bytes];
        for (int i = 0; i < clips.Count; i++)
        {
            clips[i].CopyTo(all, i * bytes);
        }

        return all;
    }

    /// <summary>Brings clips to a device.</summary>
    /// <param name="pixels">From <see cref="Pixels(IReadOnlyList{byte[]}, int)"/>.</param>
    /// <param name="shape">Clips, frames, height and width.</param>
    /// <param name="device">Where the tensor lives.</param>
    /// <returns>Shape [clips, frames, height, width, 3], -1 to 1.</returns>
    public static Tensor Video(byte[] pixels, long[] shape, Device device) =>
        tensor(pixels, [.. shape, 3], device: device).to_type(ScalarType.Float32).div_(Number.Of(127.5f)).sub_(Number.Of(1f));
}
