using Phenaki.Models.Blocks;
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
    private readonly Linear? code_projection;
    private readonly Parameter time_position;
    private readonly Parameter space_position;
    private readonly Parameter empty_text;
    private readonly Linear? pooled_text;
    private readonly ModuleList<Conv2d> grid_convolutions;
    private readonly ModuleList<MaskedTransformerLayer> layers;
    private readonly LayerNorm output_norm;
    private readonly Linear output_projection;
    private readonly Parameter output_bias;
    private readonly Tensor? codebook;
    private readonly MaskedTransformerConfig _config;

    /// <summary>Creates the network with random weights.</summary>
    /// <param name="config">Sizes; must have no violations.</param>
    /// <param name="device">Where the weights live; the meta device makes shapes without memory.</param>
    public MaskedTransformerNetwork(MaskedTransformerConfig config, Device device)
        : base(nameof(MaskedTransformerNetwork))
    {
        _config = config;
        double spread = config.CodeWidth > 0 ? 0.1 : 1;
        token_embedding = new Parameter(randn(config.CodebookSize, config.Width, device: device) * (float)spread);
        mask_embedding = new Parameter(randn(config.Width, device: device));
        code_projection = config.CodeWidth > 0 ? Projection.Create(config.CodeWidth, config.Width, device, Math.Sqrt(config.CodeWidth)) : null;
        time_position = new Parameter(randn(config.MaxLatentFrames, 1, config.Width, device: device) * 0.3f);
        space_position = new Parameter(randn(1, config.Rows * config.Columns, config.Width, device: device) * 0.3f);
        empty_text = new Parameter(randn(1, 1, config.TextWidth, device: device));
        pooled_text = config.AdaptiveNormWidth > 0 ? Projection.Create(config.TextWidth, config.AdaptiveNormWidth, device, bias: true) : null;
        grid_convolutions = new([.. Enumerable.Range(0, config.GridConvolutions).Select(_ => Convolution(config.Width, device))]);
        layers = new([.. Enumerable.Range(0, config.Layers).Select(_ => new MaskedTransformerLayer(config, device))]);
        output_norm = nn.LayerNorm(config.Width, device: device);
        output_projection = Projection.Create(config.Width, config.Width, device);
        output_bias = new Parameter(zeros(config.CodebookSize, device: device));
        if (config.CodeWidth > 0)
        {
            codebook = zeros(config.CodebookSize, config.CodeWidth, device: device);
            register_buffer(nameof(codebook), codebook);
        }

        RegisterComponents();
    }

    /// <summary>The codes of the video tokenizer, shape [codebook size, code width]; null where tokens are embedded by table alone.</summary>
    public Tensor? Codebook => codebook;

    /// <summary>The token that stands for a masked one: the codebook size.</summary>
    public int MaskToken => _config.CodebookSize;

    /// <summary>The text that stands for no text, shape [1, 1, text width]: what guidance guides away from.</summary>
    public Tensor EmptyText => empty_text;

    /// <summary>What the layers need of texts: computed once for a request.</summary>
    /// <param name="text">Shape [batch, text length, text width].</param>
    /// <param name="mask">Shape [batch, text length], true for a text row, false for padding.</param>
    public TextContext Project(Tensor text, Tensor mask)
    {
        var weights = mask.to_type(ScalarType.Float32).unsqueeze(-1);
        var pooled = pooled_text is null ? null : nn.functional.silu(pooled_text.forward((text * weights).sum(1) / weights.sum(1)));
        var bias = zeros_like(mask, ScalarType.Float32).masked_fill(mask.logical_not(), float.NegativeInfinity).unsqueeze(1).unsqueeze(1);
        return new TextContext([.. layers.Select(layer => layer.Project(text, pooled))], bias);
    }

    /// <summary>The biases of all layers for a grid: computed once for a shape.</summary>
    /// <param name="latentFrames">Latent frames of the grid.</param>
    public IReadOnlyList<Tensor?> PositionBiases(int latentFrames) => [.. layers.Select(layer => layer.PositionBias(latentFrames))];

    /// <summary>Maps tokens to rows from which <see cref="Logits"/> predicts.</summary>
    /// <param name="tokens">Shape [batch, tokens], int64; a masked token holds the codebook size.</param>
    /// <param name="text">From <see cref="Project"/>, for the same batch.</param>
    /// <param name="positions">From <see cref="PositionBiases"/>, for the same grid.</param>
    /// <returns>Shape [batch, tokens, width].</returns>
    public Tensor Forward(Tensor tokens, TextContext text, IReadOnlyList<Tensor?> positions)
    {
        var (batch, count) = (tokens.shape[0], tokens.shape[1]);
        long latentFrames = count / (_config.Rows * _config.Columns);
        var table = cat([Embeddings(), mask_embedding.unsqueeze(0)], 0);
        var place = (time_position.narrow(0, 0, latentFrames) + space_position).view(1, count, _config.Width);
        var x = table.index_select(0, tokens.flatten()).view(batch, count, _config.Width) + place;
        int convolved = 0;
        for (int i = 0; i < layers.Count; i++)
        {
            if (convolved < grid_convolutions.Count && i == convolved * layers.Count / grid_convolutions.Count)
            {
                x = x + Convolve(grid_convolutions[convolved++], x, latentFrames);
            }

            x = layers[i].Forward(x, text.Layers[i], text.Bias, positions[i]);
        }

        return x;
    }

    /// <summary>Predicts the tokens of rows; give it the masked rows alone.</summary>
    /// <param name="rows">Shape [count, width].</param>
    /// <returns>Shape [count, codebook size].</returns>
    public Tensor Logits(Tensor rows)
    {
        var hidden = output_projection.forward(output_norm.forward(rows));
        return addmm(output_bias, hidden, Embeddings().t(), 1, (float)(1 / Math.Sqrt(_config.Width)));
    }

    private Tensor Embeddings()
    {
        Tensor embeddings = token_embedding;
        return code_projection is null || codebook is null ? embeddings : embeddings + code_projection.forward(codebook);
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
