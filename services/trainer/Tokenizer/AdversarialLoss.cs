using Phenaki.Models;
using Phenaki.Trainer.Optimisation;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>The adversarial loss of ViT-VQGAN (arXiv 2110.04627, section 3.1) with a hinge (arXiv 1705.02894): reconstructions learn to look real to a network that learns to tell them apart.</summary>
internal sealed class AdversarialLoss : IDisposable
{
    private readonly PatchDiscriminator _discriminator;
    private readonly Optimiser _optimiser;

    /// <summary>Creates a discriminator with random weights.</summary>
    /// <param name="channels">Channels of its first layer.</param>
    /// <param name="optimiser">Its optimiser; AdamW alone, whatever the settings say of Muon.</param>
    /// <param name="device">Where it is trained.</param>
    public AdversarialLoss(int channels, OptimiserConfig optimiser, Device device)
    {
        _discriminator = new PatchDiscriminator(channels, device);
        _optimiser = new Optimiser(_discriminator.named_parameters(), optimiser with { Muon = false });
    }

    /// <summary>State for the checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        _discriminator.state_dict().Select(entry => ("discriminator." + entry.Key, entry.Value))
            .Concat(_optimiser.State.Select(entry => ("discriminator_optimiser." + entry.Name, entry.Tensor)));

    /// <summary>What the tokenizer lowers: how little real its frames look. The discriminator gets no gradient.</summary>
    public Tensor Fool(Tensor made)
    {
        Learns(false);
        return -_discriminator.forward(made).mean();
    }

    /// <summary>Adds to the discriminator's gradients.</summary>
    /// <param name="real">Frames.</param>
    /// <param name="made">Their reconstructions.</param>
    /// <param name="share">Part of the step, 0 to 1.</param>
    /// <returns>The hinge loss: 2 for one that knows nothing, 0 for one that is never wrong.</returns>
    public Tensor Learn(Tensor real, Tensor made, double share)
    {
        Learns(true);
        var loss = nn.functional.relu(_discriminator.forward(real).neg().Plus(Number.Of(1))).mean().Plus(nn.functional.relu(_discriminator.forward(made.detach()).Plus(Number.Of(1))).mean());
        (loss * Number.Of(share)).backward();
        return loss.detach();
    }

    /// <summary>Moves the discriminator.</summary>
    public void Step(long step, long steps) => _optimiser.Step(step, steps).Dispose();

    private void Learns(bool learns)
    {
        foreach (var parameter in _discriminator.parameters())
        {
            parameter.requires_grad = learns;
        }
    }

    public void Dispose()
    {
        _optimiser.Dispose();
        _discriminator.Dispose();
    }
}
