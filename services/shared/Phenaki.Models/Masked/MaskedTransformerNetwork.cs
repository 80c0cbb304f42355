using Phenaki.Models.Blocks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>
/// The bidirectional masked transformer (arXiv 2210.02399, section 2.2). Position bias and text keys and values are computed apart from the forward pass: they are
/// the same for every step.
/// </summary>
public sealed class MaskedTransformerNetwork : nn.Module
{
    private readonly Parameter token_embedding;
    private readonly Parameter mask_embedding;
    private readonly Projection? code_projection;
    private readonly Parameter time_position;
    private readonly Parameter space_position;
    private readonly Parameter empty_text;
    private readonly Projection? pooled_text;
    private readonly ModuleList<Conv2d> grid_convolutions;
    private readonly ModuleList<MaskedTransformerLayer> layers;
    private readonly LayerNorm output_norm;
    private readonly Projection output_projection;
    private readonly ModuleList<FeedForward> part_projections;
    private readonly Parameter output_bias;
    private readonly Tensor? codebook;
    private readonly MaskedTransformerConfig _config;
    private readonly Dictionary<int, Tensor> _offsets = [];

    /// <summary>Creates the network with random weights.</summary>
    /// <param name="config">Sizes; must have no violations.</param>
    /// <param name="device">Where the weights live; the meta device makes shapes without memory.</param>
    public MaskedTransformerNetwork(MaskedTransformerConfig config, Device device)
        : base(nameof(MaskedTransformerNetwork))
    {
        _config = config;
        double spread = config.CodeWidth > 0 ? 0.1 : 1;
        token_embedding = new Parameter(randn(config.Code().TableSize, config.Width, device: device) * Number.Of((float)spread));
        mask_embedding = new Parameter(randn(config.Width, device: device));
        code_projection = config.CodeWidth > 0 ? Projection.Create(config.CodeWidth, config.Width, device, Math.Sqrt(config.CodeWidth)) : null;
        time_position = new Parameter(randn(config.MaxLatentFrames, 1, config.Width, device: device) * Number.Of(0.3f));
        space_position = new Parameter(randn(1, config.Rows * config.Columns, config.Width, device: device) * Number.Of(0.3f));
        empty_text = new Parameter(randn(1, 1, config.TextWidth, device: device));
        pooled_text = config.AdaptiveNormWidth > 0 ? Projection.Create(config.TextWidth, config.AdaptiveNormWidth, device, bias: true) : null;
        grid_convolutions = new([.. Enumerable.Range(0, config.GridConvolutions).Select(_ => Convolution(config.Width, device))]);
        layers = new([.. Enumerable.Range(0, config.Layers).Select(_ => new MaskedTransformerLayer(config, device))]);
        output_norm = nn.LayerNorm(config.Width, device: device);
        output_projection = Projection.Create(config.Width, config.Width, device);
        part_projections = new([.. Enumerable.Range(1, config.CodeParts - 1).Select(_ => new FeedForward(config.Width, config.Width, 1, device))]);
        output_bias = new Parameter(zeros(config.Code().TableSize, device: device));
        if (config.CodeWidth > 0)
        {
            codebook = zeros(config.Code().TableSize, config.CodeWidth, device: device);
            register_buffer(nameof(codebook), codebook);
        }

        RegisterComponents();
    }

    /// <summary>The tables of the video tokenizer's codes, shape [parts * part size, code width]: a code is the sum of its parts' rows. Null where tokens are embedded by table alone.</summary>
    public Tensor? Codebook => codebook;

    /// <summary>Number of codes and their parts.</summary>
    public ProductCode Code => _config.Code();

    /// <summary>The token that stands for a masked one: the codebook size.</summary>
    public int MaskToken => _config.CodebookSize;

    /// <summary>The text that stands for no text, shape [1, 1, text width]: what guidance guides away from.</summary>
    public Tensor EmptyText => empty_text;

    /// <summary>What the layers need of texts: computed once for a request.</summary>
    /// <param name="text">Shape [batch, text length, text width].</param>
    /// <param name="mask">Shape [batch, text length], true for a text row, false for padding.</param>
    public TextContext Project(Tensor text, Tensor mask)
    {
        var weights = mask.to_type(text.dtype).unsqueeze(-1);
        var pooled = pooled_text is null ? null : nn.functional.silu(pooled_text.forward((text * weights).sum(1) / weights.sum(1)));
        var bias = zeros_like(mask, text.dtype).masked_fill(mask.logical_not(), Number.Of(float.NegativeInfinity)).unsqueeze(1).unsqueeze(1);
        return new TextContext([.. layers.Select(layer => layer.Project(text, pooled))], bias);
    }

    /// <summary>The biases of all layers for a grid: computed once for a shape.</summary>
    /// <param name="latentFrames">Latent frames of the grid.</param>
    public IReadOnlyList<Tensor?> PositionBiases(int latentFrames)
    {
        if (!_config.RelativePositions)
        {
            return new Tensor?[layers.Count];
        }

        if (!_offsets.TryGetValue(latentFrames, out var offsets))
        {
            // Kept outside inference mode even when first asked for in it: training saves it for the backward pass.
            using var normalMode = inference_mode(false);
            offsets = RelativePositionBias.Offsets(_config, latentFrames, empty_text.device).DetachFromDisposeScope();
            _offsets.Add(latentFrames, offsets);
        }

        return [.. layers.Select(layer => layer.PositionBias(offsets))];
    }

    /// <summary>The rows that codes are embedded and predicted by: computed once for a pass in training, once for a model when serving.</summary>
    /// <returns>Shape [parts * part size, width].</returns>
    public Tensor Embeddings() => code_projection is null || codebook is null ? token_embedding.alias() : token_embedding.Plus(code_projection.forward(codebook));

    /// <summary>Maps tokens to rows from which <see cref="Logits"/> predicts.</summary>
    /// <param name="tokens">Shape [batch, tokens], int64; a masked token holds the codebook size.</param>
    /// <param name="embeddings">From <see cref="Embeddings"/>.</param>
    /// <param name="text">From <see cref="Project"/>, for the same batch.</param>
    /// <param name="positions">From <see cref="PositionBiases"/>, for the same grid.</param>
    /// <returns>Shape [batch, tokens, width].</returns>
    public Tensor Forward(Tensor tokens, Tensor embeddings, TextContext text, IReadOnlyList<Tensor?> positions) =>
        output_norm.forward(layers[^1].Forward(Body(tokens, embeddings, text, positions), text.Layers[^1], text.Bias, positions[^1]));

    /// <summary>All layers but the last, with which <see cref="Head"/> goes on.</summary>
    /// <returns>Shape [batch, tokens, width].</returns>
    internal Tensor Body(Tensor tokens, Tensor embeddings, TextContext text, IReadOnlyList<Tensor?> positions)
    {
        long count = tokens.shape[1];
        long latentFrames = count / (_config.Rows * _config.Columns);
        var place = time_position.narrow(0, 0, latentFrames).Plus(space_position).view(1, count, _config.Width);
        var known = Embed(embeddings, tokens, _config.CodeParts);
        var x = where(tokens.eq(Number.Of(MaskToken)).unsqueeze(-1), mask_embedding, known).Plus(place);
        int convolved = 0;
        for (int i = 0; i < layers.Count; i++)
        {
            if (convolved < grid_convolutions.Count && i == convolved * layers.Count / grid_convolutions.Count)
            {
                x = x.Plus(Convolve(grid_convolutions[convolved++], x, latentFrames));
            }

            if (i < layers.Count - 1)
            {
                x = layers[i].Forward(x, text.Layers[i], text.Bias, positions[i]);
            }
        }

        return x;
    }

    /// <summary>The last layer at some positions alone: what is not predicted needs no row.</summary>
    /// <param name="x">From <see cref="Body"/>, shape [batch, tokens, width].</param>
    /// <param name="at">Positions, shape [count], int64; the same for the whole batch.</param>
    /// <param name="text">As for <see cref="Body"/>.</param>
    /// <param name="positions">As for <see cref="Body"/>.</param>
    /// <returns>Shape [batch, count, width]: those rows of <see cref="Forward"/>.</returns>
    internal Tensor Head(Tensor x, Tensor at, TextContext text, IReadOnlyList<Tensor?> positions) =>
        output_norm.forward(layers[^1].ForwardAt(x, at, text.Layers[^1], text.Bias, positions[^1]));

    /// <summary>What <see cref="Logits"/> predicts a part of the tokens of rows from; give it the masked rows alone.</summary>
    /// <param name="rows">From <see cref="Forward"/>, shape [..., count, width].</param>
    /// <param name="embeddings">From <see cref="Embeddings"/>.</param>
    /// <param name="part">Part to predict, from 0.</param>
    /// <param name="tokens">Shape [count], int64: tokens whose parts before this one are known; nothing else of them is read.</param>
    /// <returns>Shape [..., count, width].</returns>
    public Tensor Hidden(Tensor rows, Tensor embeddings, int part, Tensor tokens) =>
        part == 0 ? output_projection.forward(rows) : part_projections[part - 1].forward(rows.Plus(Embed(embeddings, tokens, part)));

    /// <summary>Predicts a part of the tokens: an affine function of the rows, so that what guidance mixes may be mixed before it.</summary>
    /// <param name="hidden">From <see cref="Hidden"/>, shape [count, width].</param>
    /// <param name="embeddings">From <see cref="Embeddings"/>, in the type of <paramref name="hidden"/>.</param>
    /// <param name="part">The same part.</param>
    /// <returns>Shape [count, part size].</returns>
    public Tensor Logits(Tensor hidden, Tensor embeddings, int part) => addmm(Bias(part, hidden.dtype), hidden, RowsOf(embeddings, part), 1, LogitScale);

    /// <summary><see cref="Logits"/> into memory of the processor that is there already.</summary>
    /// <param name="room">Shape [count, part size], on the processor.</param>
    /// <param name="hidden">As for <see cref="Logits"/>.</param>
    /// <param name="embeddings">As for <see cref="Logits"/>.</param>
    /// <param name="part">As for <see cref="Logits"/>.</param>
    internal void LogitsInto(Tensor room, Tensor hidden, Tensor embeddings, int part)
    {
        if (hidden.device.type == DeviceType.CPU)
        {
            room.copy_(Bias(part, hidden.dtype)).addmm_(hidden, RowsOf(embeddings, part), 1, LogitScale);
        }
        else
        {
            room.copy_(Logits(hidden, embeddings, part));
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var offsets in _offsets.Values)
            {
                offsets.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private float LogitScale => (float)(1 / Math.Sqrt(_config.Width));

    private Tensor Bias(int part, ScalarType type) => output_bias.narrow(0, part * Code.PartSize, Code.PartSize).to_type(type);

    private Tensor RowsOf(Tensor embeddings, int part) => embeddings.narrow(0, part * Code.PartSize, Code.PartSize).t();

    // The sum over a token's first parts. A masked token gives the row of code 0.
    private Tensor Embed(Tensor embeddings, Tensor tokens, int parts)
    {
        Tensor? sum = null;
        for (int part = 0; part < parts; part++)
        {
            var entries = tokens.div(Number.Of(Code.Stride(part)), RoundingMode.floor).remainder(Number.Of(Code.PartSize)).Plus(Number.Of(part * Code.PartSize));
            var rows = embeddings.index_select(0, entries.flatten()).view([.. tokens.shape, _config.Width]);
            sum = sum is null ? rows : sum.Plus(rows);
        }

        return sum!;
    }

    private Tensor Convolve(Conv2d convolution, Tensor x, long latentFrames)
    {
        var (batch, count, width) = (x.shape[0], x.shape[1], x.shape[2]);
        var grid = x.view(batch * latentFrames, _config.Rows, _config.Columns, width).permute(0, 3, 1, 2);
        return convolution.forward(grid).permute(0, 2, 3, 1).reshape(batch, count, width);
    }

    private static Conv2d Convolution(int width, Device device)
    {
        var convolution = nn.Conv2d(width, width, 3, padding: 1, bias: false, device: device);
        using var _ = no_grad();
        convolution.weight.zero_();
        return convolution;
    }
}
