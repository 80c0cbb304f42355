using Phenaki.Models;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Training;

/// <summary>
/// The network that the passes of a training go through: in float32 the one that learns; else a copy of it in fewer bits, whose gradients move the float32 weights (mixed precision,
/// arXiv 1710.03740, section 3.1).
/// </summary>
/// <typeparam name="T">Kind of network.</typeparam>
internal sealed class WorkingCopy<T> : IDisposable
    where T : nn.Module
{
    private readonly T _learner;
    private readonly (Parameter Weight, Parameter Copy)[] _pairs = [];

    /// <summary>Makes the copy, if one is needed.</summary>
    /// <param name="learner">The network whose weights are moved; it stays the caller's.</param>
    /// <param name="create">Makes a network of the same shape on the same device.</param>
    /// <param name="precision">Type that the passes compute in.</param>
    public WorkingCopy(T learner, Func<T> create, ScalarType precision)
    {
        Network = _learner = learner;
        if (precision == ScalarType.Float32)
        {
            return;
        }

        Network = create();
        Network.to(precision);
        using var _ = no_grad();
        foreach (var ((name, from), (_, to)) in learner.named_buffers().Zip(Network.named_buffers()))
        {
            to.copy_(from);
        }

        var copies = Network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter, StringComparer.Ordinal);
        _pairs = [.. learner.named_parameters().Select(entry => (entry.parameter, copies[entry.name]))];
        Renew();
    }

    /// <summary>What forward and backward passes go through.</summary>
    public T Network { get; }

    /// <summary>Brings the gradients of a step to the weights; call it after the last backward pass.</summary>
    public void GatherGradients()
    {
        using var _ = no_grad();
        foreach (var (weight, copy) in _pairs)
        {
            if (copy.grad is not { } gradient)
            {
                continue;
            }

            if (weight.grad is { } old)
            {
                old.add_(gradient, Number.Of(1));
            }
            else
            {
                weight.grad = gradient.to_type(weight.dtype);
            }

            gradient.zero_();
        }
    }

    /// <summary>Brings moved weights to the copy; call it after each step.</summary>
    public void Renew()
    {
        using var _ = no_grad();
        foreach (var (weight, copy) in _pairs)
        {
            copy.copy_(weight);
        }
    }

    public void Dispose()
    {
        if (!ReferenceEquals(Network, _learner))
        {
            Network.Dispose();
        }
    }
}
