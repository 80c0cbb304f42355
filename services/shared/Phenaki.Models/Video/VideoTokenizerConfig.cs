using Phenaki.Geometry;

namespace Phenaki.Models.Video;

/// <summary>Sizes of a C-ViViT (arXiv 2210.02399, section 2.1 and table 6), as in the model folder's config.json.</summary>
public sealed record VideoTokenizerConfig
{
    /// <summary>The value of <see cref="ModelType"/>.</summary>
    public const string Type = "c-vivit";

    /// <summary>Kind of model; always "c-vivit".</summary>
    public string ModelType { get; init; } = Type;

    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Version for people.</summary>
    public string Version { get; init; } = "";

    /// <summary>Frame height in pixels.</summary>
    public required int FrameHeight { get; init; }

    /// <summary>Frame width in pixels.</summary>
    public required int FrameWidth { get; init; }

    /// <summary>Patch height in pixels; divides the frame height.</summary>
    public required int PatchHeight { get; init; }

    /// <summary>Patch width in pixels; divides the frame width.</summary>
    public required int PatchWidth { get; init; }

    /// <summary>Frames in a latent frame after the first.</summary>
    public required int TemporalPatch { get; init; }

    /// <summary>Frames per second of the training clips.</summary>
    public double FramesPerSecond { get; init; } = 8;

    /// <summary>Latent frames that a temporal layer sees, the present one included. Also the length of the training clips.</summary>
    public required int TemporalWindow { get; init; }

    /// <summary>Most latent frames in one call, 1 to 100,000.</summary>
    public int MaxLatentFrames { get; init; } = 4096;

    /// <summary>Width of the transformer rows; a multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden width of the feed-forward layers.</summary>
    public required int Mlp { get; init; }

    /// <summary>Spatial layers, all-to-all within a frame, of the encoder; the decoder mirrors them.</summary>
    public required int SpatialLayers { get; init; }

    /// <summary>Spatial layers that the decoder has beyond those of the encoder; 0, as in the paper, for none.</summary>
    public int ExtraDecoderLayers { get; init; }

    /// <summary>Temporal layers, causal for each position, of the encoder; the decoder mirrors them.</summary>
    public required int TemporalLayers { get; init; }

    /// <summary>How rows become codes.</summary>
    public required QuantizerConfig Quantizer { get; init; }

    /// <summary>Channels of the convolution that smooths the borders of patches within each frame; 0, as in the paper, for none.</summary>
    public int RefineChannels { get; init; }

    /// <summary>
    /// Hidden width of a feed-forward layer that adds to the projection to pixels: a linear one alone draws no patch of more dimensions than <see cref="Width"/>.
    /// 0, as in the paper, for none.
    /// </summary>
    public int PixelMlp { get; init; }

    /// <summary>Frame, patch and token arithmetic.</summary>
    public VideoGeometry Geometry() => new(FrameHeight, FrameWidth, PatchHeight, PatchWidth, TemporalPatch);

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (name, value) in new (string, int)[]
        {
            ("frame_height", FrameHeight), ("frame_width", FrameWidth), ("patch_height", PatchHeight), ("patch_width", PatchWidth),
            ("temporal_patch", TemporalPatch), ("temporal_window", TemporalWindow), ("max_latent_frames", MaxLatentFrames),
            ("width", Width), ("heads", Heads), ("mlp", Mlp), ("spatial_layers", SpatialLayers), ("temporal_layers", TemporalLayers),
        })
        {
            if (value is < 1 or > 100_000)
            {
                yield return $"{name} is {value}; allowed are 1 to 100000";
            }
        }

        if (Heads >= 1 && Width % Heads != 0)
        {
            yield return $"width {Width} is no multiple of heads {Heads}";
        }

        if (PatchHeight >= 1 && PatchWidth >= 1 && (FrameHeight % PatchHeight != 0 || FrameWidth % PatchWidth != 0))
        {
            yield return $"a frame of {FrameHeight}x{FrameWidth} is no whole number of patches of {PatchHeight}x{PatchWidth}";
        }

        if (RefineChannels is < 0 or > 4096)
        {
            yield return $"refine_channels is {RefineChannels}; allowed are 0 to 4096";
        }

        if (ExtraDecoderLayers is < 0 or > 100_000)
        {
            yield return $"extra_decoder_layers is {ExtraDecoderLayers}; allowed are 0 to 100000";
        }

        if (PixelMlp is < 0 or > 100_000)
        {
            yield return $"pixel_mlp is {PixelMlp}; allowed are 0 to 100000";
        }

        if (!(FramesPerSecond is > 0 and <= 240))
        {
            yield return $"frames_per_second is {FramesPerSecond}; allowed are above 0 and at most 240";
        }

        foreach (var violation in Quantizer.Violations())
        {
            yield return "quantizer." + violation;
        }
    }
}
