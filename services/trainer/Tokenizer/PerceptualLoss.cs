using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Trainer.Judging;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>
/// The distance between frames as a trained network sees them (after LPIPS, arXiv 1801.03924, without its learned weights). The network is the judge that comes with the trainer: whoever
/// trains with it must not ask that judge how good the result is.
/// </summary>
internal sealed class PerceptualLoss : IDisposable
{
    private const int Layers = 3;
    private readonly JudgeNetwork _network;

    /// <summary>Reads the network.</summary>
    /// <param name="folder">Folder of a judge.</param>
    /// <param name="device">Where to run.</param>
    public PerceptualLoss(string folder, Device device)
    {
        using var files = ModelFolder.Open(folder, JudgeConfig.Type);
        _network = new JudgeNetwork(files.ReadConfig<JudgeConfig>(), device);
        files.LoadWeights(_network, device);
        foreach (var parameter in _network.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>Compares clips or stills.</summary>
    /// <param name="real">Shape [batch, frames, height, width, 3], -1 to 1; height and width at least 16.</param>
    /// <param name="made">The same shape; gets the gradient.</param>
    /// <returns>A number from 0 (the same) up.</returns>
    public Tensor Of(Tensor real, Tensor made)
    {
        Tensor[] expected;
        using (no_grad())
        {
            expected = [.. _network.Layers(Seen(real)).Take(Layers)];
        }

        var sum = _network.Layers(Seen(made)).Take(Layers).Zip(expected).Select(pair => (Unit(pair.First) - Unit(pair.Second)).Squared().sum(1).mean())
            .Aggregate((all, one) => all.Plus(one));
        return sum / Number.Of(Layers);
    }

    // The network sees six frames together: of a clip as many that are evenly spaced, of a still the same one.
    private static Tensor Seen(Tensor frames)
    {
        long last = frames.shape[1] - 1;
        long[] chosen = [.. Enumerable.Range(0, JudgeNetwork.Seen).Select(i => (long)Math.Round((double)last * i / (JudgeNetwork.Seen - 1)))];
        return frames.index_select(1, tensor(chosen, device: frames.device)).permute(0, 1, 4, 2, 3).flatten(1, 2);
    }

    private static Tensor Unit(Tensor features) => nn.functional.normalize(features, 2, 1);

    public void Dispose() => _network.Dispose();
}
