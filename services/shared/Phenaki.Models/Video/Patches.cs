using Phenaki.Geometry;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>Cuts frames into patches and puts them together again.</summary>
internal static class Patches
{
    /// <summary>Cuts latent frames of equal depth into patches.</summary>
    /// <param name="frames">Shape [batch, latent frames * depth, height, width, 3].</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="depth">Frames in a latent frame: 1 or the temporal patch.</param>
    /// <returns>Shape [batch, latent frames, rows * columns, depth * patch height * patch width * 3].</returns>
    public static Tensor Cut(Tensor frames, VideoGeometry geometry, int depth)
    {
        var (batch, latent) = (frames.shape[0], frames.shape[1] / depth);
        return frames
            .reshape(batch, latent, depth, geometry.Rows, geometry.PatchHeight, geometry.Columns, geometry.PatchWidth, 3)
            .permute(0, 1, 3, 5, 2, 4, 6, 7)
            .reshape(batch, latent, geometry.TokensPerLatentFrame, depth * geometry.PatchHeight * geometry.PatchWidth * 3);
    }

    /// <summary>The way back of <see cref="Cut"/>.</summary>
    /// <param name="patches">Shape [batch, latent frames, rows * columns, depth * patch height * patch width * 3].</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="depth">Frames in a latent frame.</param>
    /// <returns>Shape [batch, latent frames * depth, height, width, 3].</returns>
    public static Tensor Join(Tensor patches, VideoGeometry geometry, int depth)
    {
        var (batch, latent) = (patches.shape[0], patches.shape[1]);
        return patches
            .reshape(batch, latent, geometry.Rows, geometry.Columns, depth, geometry.PatchHeight, geometry.PatchWidth, 3)
            .permute(0, 1, 4, 2, 5, 3, 6, 7)
            .reshape(batch, latent * depth, geometry.Height, geometry.Width, 3);
    }
}
