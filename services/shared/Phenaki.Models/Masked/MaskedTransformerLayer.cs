using Phenaki.Models.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>
/// Bidirectional self-attention, cross-attention to the text, feed-forward; each normalised first and residual. What a layer computes on the way is let go of
/// at its end, so that the next one computes in the same memory, while it is in the processor's caches.
/// </summary>
public sealed class MaskedTransformerLayer : nn.Module
{
    private readonly LayerNorm attention_norm;
    private readonly SelfAttention attention;
    private readonly LayerNorm text_norm;
    private readonly CrossAttention text_attention;
    private readonly LayerNorm feed_forward_norm;
    private readonly FeedForward feed_forward;
    private readonly RelativePositionBias? position_bias;
    private readonly Projection? modulation;

    /// <summary>Creates the layer with the sizes of <paramref name="config"/>.</summary>
    public MaskedTransformerLayer(MaskedTransformerConfig config, Device device)
        : base(nameof(MaskedTransformerLayer))
    {
        double gain = 1 / Math.Sqrt(3.0 * config.Layers);
        attention_norm = nn.LayerNorm(config.Width, device: device);
        attention = new SelfAttention(config.Width, config.Heads, gain, device);
        text_norm = nn.LayerNorm(config.Width, device: device);
        text_attention = new CrossAttention(config.Width, config.TextWidth, config.Heads, gain, device);
        feed_forward_norm = nn.LayerNorm(config.Width, device: device);
        feed_forward = new FeedForward(config.Width, config.Mlp, gain, device);
        position_bias = config.RelativePositions ? new RelativePositionBias(config, device) : null;
        modulation = config.AdaptiveNormWidth > 0
            ? Projection.Create(config.AdaptiveNormWidth, 4L * config.Width, device, gain: 0, bias: true)
            : null;
        RegisterComponents();
    }

    /// <summary>The layer's keys and values of a text; the same for all steps of a request.</summary>
    /// <param name="text">Shape [batch, text length, text width].</param>
    /// <param name="pooled">Shape [batch, adaptive norm width], or null without adaptive norms.</param>
    internal LayerText Project(Tensor text, Tensor? pooled)
    {
        var (keys, values) = text_attention.Project(text);
        return new LayerText(keys, values, modulation is null || pooled is null ? null : modulation.forward(pooled).unsqueeze(1));
    }

    /// <summary>The layer's bias on the scores of a grid; the same for all requests of that shape.</summary>
    /// <param name="offsets">From <see cref="RelativePositionBias.Offsets"/>.</param>
    /// <returns>Shape [1, heads, tokens, tokens], or null without relative positions.</returns>
    internal Tensor? PositionBias(Tensor offsets) => position_bias?.forward(offsets);

    /// <summary>Maps token rows.</summary>
    /// <param name="x">Shape [batch, tokens, width].</param>
    /// <param name="text">From <see cref="Project"/>.</param>
    /// <param name="textBias">Shape [batch, 1, 1, text length]: 0 for a text row, minus infinity for padding.</param>
    /// <param name="positionBias">From <see cref="PositionBias"/>.</param>
    internal Tensor Forward(Tensor x, LayerText text, Tensor textBias, Tensor? positionBias)
    {
        using var scope = NewDisposeScope();
        var changes = text.Modulation?.chunk(4, -1);
        var normed = Modulate(attention_norm.forward(x), changes?[0], changes?[1]);
        return Rest(x.Plus(attention.forward(normed, positionBias)), text, textBias, changes).MoveToOuterDisposeScope();
    }

    /// <summary>Maps some of the token rows; all of them are attended to.</summary>
    /// <param name="x">Shape [batch, tokens, width].</param>
    /// <param name="at">Positions of the rows, shape [count], int64.</param>
    /// <param name="text">From <see cref="Project"/>.</param>
    /// <param name="textBias">Shape [batch, 1, 1, text length]: 0 for a text row, minus infinity for padding.</param>
    /// <param name="positionBias">From <see cref="PositionBias"/>.</param>
    /// <returns>Shape [batch, count, width].</returns>
    internal Tensor ForwardAt(Tensor x, Tensor at, LayerText text, Tensor textBias, Tensor? positionBias)
    {
        using var scope = NewDisposeScope();
        var changes = text.Modulation?.chunk(4, -1);
        var normed = Modulate(attention_norm.forward(x), changes?[0], changes?[1]);
        return Rest(x.index_select(1, at).Plus(attention.ForwardAt(normed, at, positionBias)), text, textBias, changes).MoveToOuterDisposeScope();
    }

    private Tensor Rest(Tensor x, LayerText text, Tensor textBias, Tensor[]? changes)
    {
        x = x.Plus(text_attention.forward(text_norm.forward(x), text.Keys, text.Values, textBias));
        return x.Plus(feed_forward.forward(Modulate(feed_forward_norm.forward(x), changes?[2], changes?[3])));
    }

    private static Tensor Modulate(Tensor x, Tensor? scale, Tensor? shift) => scale is null || shift is null ? x : shift.addcmul(x, scale.Plus(Number.Of(1)), Number.Of(1));
}
