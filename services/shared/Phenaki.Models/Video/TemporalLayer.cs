using Phenaki.Models.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>
/// Causal attention of each position to itself in the latent frames before, then a feed-forward layer; both normalised first, both residual.
/// Distances in time enter as a learned bias for each head; a window bounds them, so that videos of any length can be coded.
/// </summary>
public sealed class TemporalLayer : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm attention_norm;
    private readonly SelfAttention attention;
    private readonly Parameter distance_bias;
    private readonly LayerNorm feed_forward_norm;
    private readonly FeedForward feed_forward;
    private readonly int _window;

    /// <summary>Creates the layer with the sizes of <paramref name="config"/>.</summary>
    public TemporalLayer(VideoTokenizerConfig config, Device device)
        : base(nameof(TemporalLayer))
    {
        _window = config.TemporalWindow;
        attention_norm = nn.LayerNorm(config.Width, device: device);
        attention = new SelfAttention(config.Width, config.Heads, 0.3, device);
        distance_bias = new Parameter(zeros(config.Heads, _window, device: device));
        feed_forward_norm = nn.LayerNorm(config.Width, device: device);
        feed_forward = new FeedForward(config.Width, config.Mlp, 0.3, device);
        RegisterComponents();
    }

    /// <summary>Maps a whole clip.</summary>
    /// <param name="x">Shape [batch, latent frames, positions, width].</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (batch, frames, positions, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var rows = x.transpose(1, 2).reshape(batch * positions, frames, width);
        rows = Map(rows, normed => attention.forward(normed, CausalBias(frames)));
        return rows.view(batch, positions, frames, width).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Maps the next latent frames of a stream.</summary>
    /// <param name="x">Shape [1, latent frames, positions, width].</param>
    /// <param name="past">Cache of this layer in this stream.</param>
    /// <returns>The same shape.</returns>
    public Tensor Next(Tensor x, KeyValueCache past)
    {
        using var scope = NewDisposeScope();

        // distance_bias counts distances from 0; the window has the oldest row first.
        return Map(x[0], normed => attention.Next(normed, past, distance_bias.flip(1).t())).unsqueeze(0).MoveToOuterDisposeScope();
    }

    private Tensor Map(Tensor rows, Func<Tensor, Tensor> attend)
    {
        rows = rows.Plus(attend(attention_norm.forward(rows)));
        return rows.Plus(feed_forward.forward(feed_forward_norm.forward(rows)));
    }

    private Tensor CausalBias(long frames)
    {
        var steps = Number.Range(frames, distance_bias.device);
        var distance = steps.unsqueeze(1) - steps.unsqueeze(0);
        var outside = (distance < Number.Of(0)).logical_or(distance >= Number.Of(_window));
        var bias = distance_bias.index_select(1, distance.clamp(Number.Of(0), Number.Of(_window - 1)).flatten()).view(-1, frames, frames);
        return bias.masked_fill(outside, Number.Of(float.NegativeInfinity)).unsqueeze(0);
    }
}
