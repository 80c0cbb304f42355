using Phenaki.Models;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Training;

/// <summary>
/// The exponential mean of weights over the steps (Polyak averaging as in arXiv 1703.01780): smoother than the weights of any one step, and what is exported and sampled.
/// </summary>
internal sealed class AverageWeights : IDisposable
{
    private readonly double _decay;
    private readonly (string Name, Parameter Weight, Tensor Mean)[] _weights;

    /// <summary>Starts from the weights as they are.</summary>
    /// <param name="parameters">Parameters by name; those without a gradient are left alone.</param>
    /// <param name="decay">Part of the mean that stays at each step, above 0 and below 1.</param>
    public AverageWeights(IEnumerable<(string Name, Parameter Parameter)> parameters, double decay)
    {
        using var _ = no_grad();
        _decay = decay;
        _weights = [.. parameters.Where(p => p.Parameter.requires_grad).Select(p => (p.Name, p.Parameter, p.Parameter.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>State for the checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => _weights.Select(w => ("average." + w.Name, w.Mean));

    /// <summary>Takes in the weights after a step. Early steps count for more, so that the mean soon forgets where it began.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    public void Update(long step)
    {
        using var _ = no_grad();
        double decay = Math.Min(_decay, (1.0 + step) / (10 + step));
        foreach (var (_, weight, mean) in _weights)
        {
            mean.mul_(Number.Of(decay)).add_(weight, alpha: Number.Of(1 - decay));
        }
    }

    /// <summary>Puts the mean in the place of the weights until the result is disposed; then they are again what they were, bit by bit.</summary>
    public IDisposable Show()
    {
        using var _ = no_grad();
        var kept = _weights.Select(w => w.Weight.detach().clone().DetachFromDisposeScope()).ToArray();
        foreach (var (_, weight, mean) in _weights)
        {
            weight.copy_(mean);
        }

        return new Shown(_weights, kept);
    }

    public void Dispose()
    {
        foreach (var (_, _, mean) in _weights)
        {
            mean.Dispose();
        }
    }

    private sealed class Shown((string Name, Parameter Weight, Tensor Mean)[] weights, Tensor[] kept) : IDisposable
    {
        public void Dispose()
        {
            using var _ = no_grad();
            foreach (var (weight, own) in weights.Zip(kept))
            {
                weight.Weight.copy_(own);
                own.Dispose();
            }
        }
    }
}
