using Phenaki.Models.Masked;
using Phenaki.Models.Video;

namespace Phenaki.Models.Tests;

/// <summary>Networks that are small enough to build in every test, with everything switched on.</summary>
internal static class TinyConfigs
{
    public static VideoTokenizerConfig Video { get; } = new()
    {
        FrameHeight = 16,
        FrameWidth = 24,
        PatchHeight = 8,
        PatchWidth = 8,
        TemporalPatch = 2,
        TemporalWindow = 4,
        MaxLatentFrames = 12,
        Width = 32,
        Heads = 4,
        Mlp = 48,
        SpatialLayers = 1,
        TemporalLayers = 2,
        Quantizer = new QuantizerConfig { Type = "vq", CodebookSize = 64, CodeWidth = 8 },
        RefineChannels = 8,
    };

    public static VideoTokenizerConfig VideoFsq { get; } = Video with
    {
        Quantizer = new QuantizerConfig { Type = "fsq", CodebookSize = 8 * 5 * 4, CodeWidth = 3, Levels = [8, 5, 4] },
        PixelMlp = 40,
        ExtraDecoderLayers = 1,
    };

    public static MaskedTransformerConfig Masked { get; } = new()
    {
        CodebookSize = 64,
        Rows = 2,
        Columns = 3,
        MaxLatentFrames = 4,
        Width = 32,
        Layers = 2,
        Heads = 4,
        Mlp = 48,
        TextWidth = 12,
        MaxTextTokens = 10,
        CodeWidth = 8,
        RelativePositions = true,
        AdaptiveNormWidth = 8,
        GridConvolutions = 1,
        StillFirst = true,
        DefaultSampling = new SamplingSettings { Steps = 4 },
    };
}
