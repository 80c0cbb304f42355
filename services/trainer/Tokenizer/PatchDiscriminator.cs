using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Says of each patch of a picture how real it looks (PatchGAN, arXiv 1611.07004, section 3.2.2; without norms, which couple the pictures of a batch).</summary>
internal sealed class PatchDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<Conv2d> convolutions;
    private readonly Conv2d verdict;

    /// <summary>Creates the network with random weights.</summary>
    /// <param name="channels">Channels of the first layer, at least 1.</param>
    /// <param name="device">Where the weights live.</param>
    public PatchDiscriminator(int channels, Device device)
        : base(nameof(PatchDiscriminator))
    {
        int[] widths = [3, channels, 2 * channels, 4 * channels];
        convolutions = new([.. widths.Zip(widths.Skip(1), (from, to) => nn.Conv2d(from, to, 4, stride: 2, padding: 1, device: device))]);
        verdict = nn.Conv2d(4 * channels, 1, 3, padding: 1, device: device);
        RegisterComponents();
    }

    /// <summary>Judges frames.</summary>
    /// <param name="frames">Shape [batch, frames, height, width, 3], -1 to 1; height and width at least 8.</param>
    /// <returns>Shape [batch * frames, 1, height / 8, width / 8]; above 0 for real.</returns>
    public override Tensor forward(Tensor frames)
    {
        var x = frames.flatten(0, 1).permute(0, 3, 1, 2);
        foreach (var convolution in convolutions)
        {
            x = nn.functional.leaky_relu(convolution.forward(x), 0.2);
        }

        return verdict.forward(x);
    }
}
