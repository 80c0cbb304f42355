using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>
/// Three convolutions at half resolution that take away the borders of patches, added to their input and starting as the identity. Not in the paper;
/// each frame on its own, so causality holds.
/// </summary>
public sealed class FrameRefinement : nn.Module<Tensor, Tensor>
{
    private const int FoldedChannels = 12;

    private readonly Conv2d first;
    private readonly Conv2d second;
    private readonly Conv2d last;

    /// <summary>Creates the layers.</summary>
    /// <param name="channels">Channels between them.</param>
    /// <param name="device">Where the weights live.</param>
    public FrameRefinement(int channels, Device device)
        : base(nameof(FrameRefinement))
    {
        first = nn.Conv2d(FoldedChannels, channels, 3, padding: 1, device: device);
        second = nn.Conv2d(channels, channels, 3, padding: 1, device: device);
        last = nn.Conv2d(channels, FoldedChannels, 3, padding: 1, device: device);
        using var _ = no_grad();
        last.weight.zero_();
        last.bias?.zero_();
        RegisterComponents();
    }

    /// <summary>Refines frames.</summary>
    /// <param name="frames">Shape [batch, frames, height, width, 3]; height and width even.</param>
    /// <returns>The same shape.</returns>
    public override Tensor forward(Tensor frames)
    {
        using var scope = NewDisposeScope();
        var shape = frames.shape;
        var (height, width) = (shape[2] / 2, shape[3] / 2);

        // Folding four pixels into channels and back is what pixel_unshuffle and pixel_shuffle do, here in one copy with the change of layout.
        var folded = frames.reshape(-1, height, 2, width, 2, 3).permute(0, 5, 2, 4, 1, 3).reshape(-1, FoldedChannels, height, width);
        var hidden = nn.functional.silu(first.forward(folded));
        hidden = nn.functional.silu(second.forward(hidden));
        var change = last.forward(hidden).reshape(-1, 3, 2, 2, height, width).permute(0, 4, 2, 5, 3, 1);
        return frames.Plus(change.reshape(shape)).MoveToOuterDisposeScope();
    }
}
