using Phenaki.Trainer.Optimisation;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Training;

/// <summary>What moves weights step after step: passes through a network in their precision, the optimiser, and the mean over the steps where one is kept.</summary>
/// <typeparam name="T">Kind of network.</typeparam>
internal sealed class Learner<T> : IDisposable
    where T : nn.Module
{
    private readonly WorkingCopy<T> _working;
    private readonly Optimiser _optimiser;
    private readonly AverageWeights? _average;

    /// <summary>Starts from the weights as they are.</summary>
    /// <param name="network">The network that passes go through; it stays the caller's.</param>
    /// <param name="create">Makes a network of the same shape on the same device.</param>
    /// <param name="precision">Type that the passes compute in.</param>
    /// <param name="learnt">What is moved, by name: weights of the network, and others.</param>
    /// <param name="optimiser">Optimiser and schedule.</param>
    /// <param name="emaDecay">Part of the mean that stays at each step; 0 keeps none.</param>
    public Learner(T network, Func<T> create, ScalarType precision, IReadOnlyList<(string Name, Parameter Parameter)> learnt, OptimiserConfig optimiser, double emaDecay)
    {
        _working = new WorkingCopy<T>(network, create, precision);
        _optimiser = new Optimiser(learnt, optimiser, precision);
        _average = emaDecay > 0 ? new AverageWeights(learnt, emaDecay) : null;
    }

    /// <summary>What forward and backward passes go through.</summary>
    public T Network => _working.Network;

    /// <summary>State for the checkpoint; the weights themselves are not in it.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        _optimiser.State.Select(entry => ("optimiser." + entry.Name, entry.Tensor)).Concat(_average?.State ?? []);

    /// <summary>Moves the weights by the gradients of the passes of a step.</summary>
    /// <param name="figures">Takes the norm of the gradient.</param>
    /// <param name="step">Step, from 0.</param>
    /// <param name="steps">Steps in all.</param>
    public void Step(StepFigures figures, long step, long steps)
    {
        _working.GatherGradients();
        figures.Add("gradient", _optimiser.Step(step, steps));
        _working.Renew();
        _average?.Update(step);
    }

    /// <summary>Puts the mean, where one is kept, in the place of the weights until the result is disposed.</summary>
    public IDisposable? ShowMean() => _average?.Show();

    public void Dispose()
    {
        _optimiser.Dispose();
        _average?.Dispose();
        _working.Dispose();
    }
}
