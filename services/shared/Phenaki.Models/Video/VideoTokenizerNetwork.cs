using Phenaki.Geometry;
using Phenaki.Models.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>
/// C-ViViT (arXiv 2210.02399, section 2.1): an encoder of spatial then causal temporal layers, a quantizer, and a decoder that mirrors the
/// encoder. The first frame and the later patches are embedded apart, so that an image is a video of one frame.
/// </summary>
public sealed class VideoTokenizerNetwork : nn.Module
{
    private readonly Projection embed_first;
    private readonly Projection embed_later;
    private readonly Parameter encoder_position;
    private readonly ModuleList<SpatialLayer> encoder_spatial;
    private readonly ModuleList<TemporalLayer> encoder_temporal;
    private readonly LayerNorm encoder_norm;
    private readonly Projection to_code;
    private readonly Quantizer quantizer;
    private readonly Projection from_code;
    private readonly Parameter decoder_position;
    private readonly ModuleList<TemporalLayer> decoder_temporal;
    private readonly ModuleList<SpatialLayer> decoder_spatial;
    private readonly LayerNorm decoder_norm;
    private readonly Projection pixels_first;
    private readonly Projection pixels_later;
    private readonly FeedForward? detail_first;
    private readonly FeedForward? detail_later;
    private readonly FrameRefinement? refinement;
    private static readonly string[] DecoderParts =
    [
        nameof(from_code), nameof(decoder_position), nameof(decoder_temporal), nameof(decoder_spatial), nameof(decoder_norm), nameof(pixels_first), nameof(pixels_later),
        nameof(detail_first), nameof(detail_later), nameof(refinement),
    ];

    private readonly VideoGeometry _geometry;
    private readonly int _window;

    /// <summary>Creates the network with random weights.</summary>
    /// <param name="config">Sizes; must have no violations.</param>
    /// <param name="device">Where the weights live; the meta device makes shapes without memory.</param>
    public VideoTokenizerNetwork(VideoTokenizerConfig config, Device device)
        : base(nameof(VideoTokenizerNetwork))
    {
        _geometry = config.Geometry();
        _window = config.TemporalWindow;
        int patch = config.PatchHeight * config.PatchWidth * 3;
        int positions = _geometry.TokensPerLatentFrame;
        embed_first = Projection.Create(patch, config.Width, device, bias: true);
        embed_later = Projection.Create(patch * config.TemporalPatch, config.Width, device, bias: true);
        encoder_position = new Parameter(randn(positions, config.Width, device: device) * Number.Of(0.02f));
        encoder_spatial = Layers(config.SpatialLayers, () => new SpatialLayer(config, device));
        encoder_temporal = Layers(config.TemporalLayers, () => new TemporalLayer(config, device));
        encoder_norm = nn.LayerNorm(config.Width, device: device);
        to_code = Projection.Create(config.Width, config.Quantizer.CodeWidth, device, bias: true);
        quantizer = Quantizer.Create(config.Quantizer, device);
        from_code = Projection.Create(config.Quantizer.CodeWidth, config.Width, device, bias: true);
        decoder_position = new Parameter(randn(positions, config.Width, device: device) * Number.Of(0.02f));
        decoder_temporal = Layers(config.TemporalLayers, () => new TemporalLayer(config, device));
        var mirrored = Enumerable.Range(0, config.SpatialLayers).Select(_ => new SpatialLayer(config, device));
        decoder_spatial = new([.. mirrored, .. Enumerable.Range(0, config.ExtraDecoderLayers).Select(_ => new SpatialLayer(config, device, outputGain: 0))]);
        decoder_norm = nn.LayerNorm(config.Width, device: device);
        pixels_first = Projection.Create(config.Width, patch, device, 0.3, bias: true);
        pixels_later = Projection.Create(config.Width, patch * config.TemporalPatch, device, 0.3, bias: true);
        detail_first = config.PixelMlp > 0 ? new FeedForward(config.Width, config.PixelMlp, 0, device, patch) : null;
        detail_later = config.PixelMlp > 0 ? new FeedForward(config.Width, config.PixelMlp, 0, device, patch * config.TemporalPatch) : null;
        refinement = config.RefineChannels > 0 ? new FrameRefinement(config.RefineChannels, device) : null;
        RegisterComponents();
    }

    /// <summary>The quantizer, for training.</summary>
    public Quantizer Quantizer => quantizer;

    /// <summary>Weights that no token depends on, by name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> DecoderParameters =>
        named_parameters().Where(entry => DecoderParts.Contains(entry.name.Split('.')[0])).Select(entry => (entry.name, entry.parameter));

    /// <summary>Weights of what gives a row to quantise, without the codes, by name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> EncoderParameters =>
        named_parameters().Where(entry => entry.name.Split('.')[0] is var part && part != nameof(quantizer) && !DecoderParts.Contains(part)).Select(entry => (entry.name, entry.parameter));

    /// <summary>Encodes a whole clip.</summary>
    /// <param name="frames">Shape [batch, 1 + n * temporal patch, height, width, 3], values -1 to 1.</param>
    /// <returns>Rows to quantise, shape [batch, 1 + n, positions, code width].</returns>
    public Tensor Encode(Tensor frames)
    {
        var x = Embed(frames, first: true);
        foreach (var layer in encoder_spatial)
        {
            x = layer.forward(x);
        }

        foreach (var layer in encoder_temporal)
        {
            x = layer.forward(x);
        }

        return to_code.forward(encoder_norm.forward(x));
    }

    /// <summary>Decodes a whole clip.</summary>
    /// <param name="codes">Quantised rows, shape [batch, 1 + n, positions, code width].</param>
    /// <returns>Shape [batch, 1 + n * temporal patch, height, width, 3], values about -1 to 1.</returns>
    public Tensor Decode(Tensor codes)
    {
        var x = from_code.forward(codes).Plus(decoder_position);
        foreach (var layer in decoder_temporal)
        {
            x = layer.forward(x);
        }

        foreach (var layer in decoder_spatial)
        {
            x = layer.forward(x);
        }

        x = decoder_norm.forward(x);
        var frames = Pixels(x, first: true);
        return refinement is null ? frames : refinement.forward(frames);
    }

    /// <summary>Encodes the next latent frames of a stream.</summary>
    /// <param name="frames">Shape [1, frames of whole latent frames, height, width, 3], values -1 to 1.</param>
    /// <param name="first">True when the first of them begins the stream.</param>
    /// <param name="past">Caches from <see cref="NewCaches"/>, one for each temporal layer.</param>
    /// <returns>Rows to quantise, shape [1, latent frames, positions, code width].</returns>
    public Tensor EncodeNext(Tensor frames, bool first, IReadOnlyList<KeyValueCache> past)
    {
        var x = Embed(frames, first);
        foreach (var layer in encoder_spatial)
        {
            x = layer.forward(x);
        }

        for (int i = 0; i < past.Count; i++)
        {
            x = encoder_temporal[i].Next(x, past[i]);
        }

        return to_code.forward(encoder_norm.forward(x));
    }

    /// <summary>Decodes the next latent frames of a stream.</summary>
    /// <param name="codes">Quantised rows, shape [1, latent frames, positions, code width].</param>
    /// <param name="first">True when the first of them begins the stream.</param>
    /// <param name="context">How many of them, from the first on, are context alone: what follows knows of them, but their frames are not wanted.</param>
    /// <param name="past">Caches from <see cref="NewCaches"/>, one for each temporal layer.</param>
    /// <returns>The frames of each of the others, shape [1, 1 or temporal patch, height, width, 3], values about -1 to 1.</returns>
    public IReadOnlyList<Tensor> DecodeNext(Tensor codes, bool first, int context, IReadOnlyList<KeyValueCache> past)
    {
        var x = from_code.forward(codes).Plus(decoder_position);
        for (int i = 0; i < past.Count; i++)
        {
            x = decoder_temporal[i].Next(x, past[i]);
        }

        int wanted = (int)x.shape[1] - context;
        if (wanted == 0)
        {
            return [];
        }

        x = x.narrow(1, context, wanted);
        foreach (var layer in decoder_spatial)
        {
            x = layer.forward(x);
        }

        first = first && context == 0;
        var frames = Pixels(decoder_norm.forward(x), first);
        long[] sizes = [.. Enumerable.Range(0, wanted).Select(i => first && i == 0 ? 1L : _geometry.TemporalPatch)];

        // The convolutions of one latent frame fit the caches of a processor; those of several do not.
        return [.. frames.split(sizes, 1).Select(latentFrame => refinement is null ? latentFrame : refinement.forward(latentFrame))];
    }

    /// <summary>
    /// How many latent frames can be coded together so that each has the very values that it has alone, on this device: the kernels of a matrix product may add
    /// in another order when it has more rows. The order depends on the shapes alone, so that trying every number once tells.
    /// </summary>
    /// <param name="most">Most to try, at least 1.</param>
    /// <returns>1 to <paramref name="most"/>; fewer are exact too.</returns>
    internal int ExactTogether(int most)
    {
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        int latentFrame = _geometry.TemporalPatch * _geometry.FrameBytes;
        var frames = sin(Number.Range(most * latentFrame, encoder_position.device, ScalarType.Float32))
            .view(1, -1, _geometry.Height, _geometry.Width, 3);
        var alone = cat([.. frames.split(_geometry.TemporalPatch, 1).Select(Probe)], 1);
        int together = 1;
        while (together < most && Probe(frames.narrow(1, 0, (together + 1) * _geometry.TemporalPatch)).equal(alone.narrow(1, 0, together + 1)).all().item<bool>())
        {
            together++;
        }

        return together;
    }

    /// <summary>Empty caches for one stream in one direction; the caller disposes them.</summary>
    public IReadOnlyList<KeyValueCache> NewCaches() =>
        [.. Enumerable.Range(0, encoder_temporal.Count).Select(_ => new KeyValueCache(_window))];

    // Every product of matrices: the attention in time has none.
    private Tensor Probe(Tensor frames)
    {
        using var scope = NewDisposeScope();
        var rows = encoder_spatial[0].forward(Embed(frames, first: false));
        var codes = to_code.forward(encoder_norm.forward(rows));
        var indices = quantizer.Indices(quantizer.Bound(codes)).to_type(ScalarType.Float32);
        var pixels = Patch(from_code.forward(codes), pixels_later, detail_later);
        return cat([rows, codes, indices.unsqueeze(-1), pixels], -1).MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor frames, bool first)
    {
        var (known, count) = (first ? 1 : 0, frames.shape[1]);
        List<Tensor> embedded = [];
        if (first)
        {
            embedded.Add(embed_first.forward(Patches.Cut(frames.narrow(1, 0, 1), _geometry, 1)));
        }

        if (count > known)
        {
            embedded.Add(embed_later.forward(Patches.Cut(frames.narrow(1, known, count - known), _geometry, _geometry.TemporalPatch)));
        }

        return (embedded.Count == 1 ? embedded[0] : cat(embedded, 1)).Plus(encoder_position);
    }

    private Tensor Pixels(Tensor x, bool first)
    {
        var (known, count) = (first ? 1 : 0, x.shape[1]);
        List<Tensor> frames = [];
        if (first)
        {
            frames.Add(Patches.Join(Patch(x.narrow(1, 0, 1), pixels_first, detail_first), _geometry, 1));
        }

        if (count > known)
        {
            frames.Add(Patches.Join(Patch(x.narrow(1, known, count - known), pixels_later, detail_later), _geometry, _geometry.TemporalPatch));
        }

        return frames.Count == 1 ? frames[0] : cat(frames, 1);
    }

    private static Tensor Patch(Tensor x, Projection pixels, FeedForward? detail) => detail is null ? pixels.forward(x) : pixels.forward(x).Plus(detail.forward(x));

    private static ModuleList<T> Layers<T>(int count, Func<T> create)
        where T : nn.Module => new([.. Enumerable.Range(0, count).Select(_ => create())]);
}
