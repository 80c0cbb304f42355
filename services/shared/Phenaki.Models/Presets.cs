using Phenaki.Models.Masked;
using Phenaki.Models.Video;

namespace Phenaki.Models;

/// <summary>Model sizes by name: those of the paper (arXiv 2210.02399, tables 6 and 7). The sizes of the model that ships stand in its own files.</summary>
public static class Presets
{
    // T5-XXL: the width with which table 7's parameter counts come out.
    private const int PaperTextWidth = 4096;

    /// <summary>Video tokenizers by name.</summary>
    public static IReadOnlyDictionary<string, VideoTokenizerConfig> VideoTokenizers { get; } = new Dictionary<string, VideoTokenizerConfig>
    {
        ["c-vivit-128"] = new()
        {
            Name = "c-vivit-128",
            FrameHeight = 128,
            FrameWidth = 128,
            PatchHeight = 8,
            PatchWidth = 8,
            TemporalPatch = 2,
            TemporalWindow = 6,
            Width = 512,
            Heads = 8,
            Mlp = 2048,
            SpatialLayers = 4,
            TemporalLayers = 4,
            Quantizer = new QuantizerConfig { Type = "vq", CodebookSize = 8192, CodeWidth = 32 },
        },
    };

    /// <summary>Masked transformers by name.</summary>
    public static IReadOnlyDictionary<string, MaskedTransformerConfig> MaskedTransformers { get; } = new Dictionary<string, MaskedTransformerConfig>
    {
        ["phenaki-1.8b"] = Paper("phenaki-1.8b", width: 2048, layers: 24, heads: 32, mlp: 8192),
        ["phenaki-0.9b"] = Paper("phenaki-0.9b", width: 1536, layers: 20, heads: 24, mlp: 6144),
    };

    // Section 3: guidance 12, 48 steps and temperature 8 made all published videos.
    private static MaskedTransformerConfig Paper(string name, int width, int layers, int heads, int mlp) => new()
    {
        Name = name,
        CodebookSize = 8192,
        Rows = 16,
        Columns = 16,
        MaxLatentFrames = 6,
        Width = width,
        Layers = layers,
        Heads = heads,
        Mlp = mlp,
        TextWidth = PaperTextWidth,
        DefaultSampling = new SamplingSettings { Steps = 48, GuidanceScale = 12, Temperature = 1, ChoiceTemperature = 8 },
    };
}
