using Phenaki.Models;
using Phenaki.Models.Video;

namespace Phenaki.Benchmarks.Tokenizing;

/// <summary>The arithmetic of matrix products and convolutions that a perfect C-ViViT would do for a video, frame by frame.</summary>
internal static class TokenizerArithmetic
{
    /// <summary>Operations to encode or to decode.</summary>
    /// <param name="model">Sizes.</param>
    /// <param name="latentFrames">Latent frames of the video.</param>
    /// <param name="decoding">Decoding refines the pixels by convolutions; encoding compares with the codebook.</param>
    public static double Of(VideoTokenizerConfig model, int latentFrames, bool decoding)
    {
        var geometry = model.Geometry();
        double tokens = geometry.TokensPerLatentFrame;
        double width = model.Width;
        double layer = (2 * 4 * width * width) + (4 * width * model.Mlp);
        double spatial = (model.SpatialLayers + (decoding ? model.ExtraDecoderLayers : 0)) * (layer + (4 * tokens * width));
        double temporal = model.TemporalLayers * (layer + (4 * model.TemporalWindow * width));
        double patch = 3d * model.PatchHeight * model.PatchWidth * 2 * (width + (decoding ? model.PixelMlp : 0));
        double detail = decoding ? 2 * model.PixelMlp * width : 0;
        double code = 2 * width * model.Quantizer.CodeWidth;
        double search = decoding || model.Quantizer.Type == "fsq" ? 0 : 2d * model.Quantizer.CodeWidth * new ProductCode(model.Quantizer.CodebookSize, model.Quantizer.Parts).PartSize;
        double channels = model.RefineChannels;
        double refined = model.FrameHeight * model.FrameWidth / 4d * 9 * 2 * ((24 * channels) + (channels * channels));
        double sum = latentFrames * tokens * (spatial + temporal + detail + code + search);
        for (int frame = 0; frame < latentFrames; frame++)
        {
            double frames = geometry.FramesIn(frame);
            sum += frames * ((tokens * patch) + (decoding ? refined : 0));
        }

        return sum;
    }
}
