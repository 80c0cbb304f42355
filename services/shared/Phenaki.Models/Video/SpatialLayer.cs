using Phenaki.Models.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>Attention among all positions of one latent frame, then a feed-forward layer; both normalised first, both residual.</summary>
public sealed class SpatialLayer : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm attention_norm;
    private readonly SelfAttention attention;
    private readonly LayerNorm feed_forward_norm;
    private readonly FeedForward feed_forward;

    /// <summary>Creates the layer.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="device">Where the weights live.</param>
    /// <param name="outputGain">Gain of the initial weights of what it adds; with 0 it begins without effect.</param>
    public SpatialLayer(VideoTokenizerConfig config, Device device, double outputGain = 0.3)
        : base(nameof(SpatialLayer))
    {
        attention_norm = nn.LayerNorm(config.Width, device: device);
        attention = new SelfAttention(config.Width, config.Heads, outputGain, device);
        feed_forward_norm = nn.LayerNorm(config.Width, device: device);
        feed_forward = new FeedForward(config.Width, config.Mlp, outputGain, device);
        RegisterComponents();
    }

    /// <summary>Maps latent frames, each on its own.</summary>
    /// <param name="x">Shape [batch, latent frames, positions, width].</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var shape = x.shape;
        x = x.reshape(-1, shape[2], shape[3]);
        x = x.Plus(attention.forward(attention_norm.forward(x), null));
        x = x.Plus(feed_forward.forward(feed_forward_norm.forward(x)));
        return x.view(shape).MoveToOuterDisposeScope();
    }
}
