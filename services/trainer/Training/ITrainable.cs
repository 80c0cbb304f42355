using static TorchSharp.torch;

namespace Phenaki.Trainer.Training;

/// <summary>Something that learns step by step. A step depends on nothing but the state and the step's number, so a resumed run repeats an uninterrupted one.</summary>
internal interface ITrainable
{
    /// <summary>Everything that a checkpoint holds, by name; loading copies into these tensors.</summary>
    IEnumerable<(string Name, Tensor Tensor)> State { get; }

    /// <summary>Clips and stills that a step learns from, for progress.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    int Samples(long step);

    /// <summary>Reads what a step learns from; may run while the step before it is done.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task ReadAsync(long step, CancellationToken cancellationToken);

    /// <summary>Does one step, once it was read.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <returns>Figures of the step by name; "loss" is among them.</returns>
    IReadOnlyDictionary<string, double> Step(long step);

    /// <summary>Writes what people look at and what can be used at once: samples and the model folder.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    Task ExportAsync(long step, CancellationToken cancellationToken);
}
