using Phenaki.Models.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>A feed-forward layer, normalised first and residual: what is left of a <see cref="SpatialLayer"/> without its attention, so that a row depends on its own patch alone.</summary>
public sealed class PatchLayer : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm feed_forward_norm;
    private readonly FeedForward feed_forward;

    /// <summary>Creates the layer.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="device">Where the weights live.</param>
    public PatchLayer(VideoTokenizerConfig config, Device device)
        : base(nameof(PatchLayer))
    {
        feed_forward_norm = nn.LayerNorm(config.Width, device: device);
        feed_forward = new FeedForward(config.Width, config.Mlp, 0.3, device);
        RegisterComponents();
    }

    /// <summary>Maps each row.</summary>
    /// <param name="x">Shape [..., width].</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.Plus(feed_forward.forward(feed_forward_norm.forward(x))).MoveToOuterDisposeScope();
    }
}
