using static TorchSharp.torch;

namespace Phenaki.Trainer.Training;

/// <summary>Collects the figures of a step where they are computed and reads them together at its end: reading one waits for all the device has to do.</summary>
internal sealed class StepFigures
{
    private readonly List<(string Name, Tensor Value, Func<double, double> Read)> _open = [];
    private readonly List<string> _names = [];

    /// <summary>Adds to a figure.</summary>
    /// <param name="name">Name of the figure; what is added under one name is summed.</param>
    /// <param name="value">One number; it must live until <see cref="Read"/>.</param>
    /// <param name="read">Makes the figure of the number; null takes it as it is.</param>
    public void Add(string name, Tensor value, Func<double, double>? read = null) =>
        _open.Add((name, value.detach().to_type(ScalarType.Float32).reshape(1).MoveToOuterDisposeScope(), read ?? (number => number)));

    /// <summary>Keeps a place for a figure, so that it comes in this order and is 0 where nothing is added.</summary>
    public void Expect(params string[] names) => _names.AddRange(names);

    /// <summary>Reads all figures.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        var figures = _names.ToDictionary(name => name, _ => 0.0, StringComparer.Ordinal);
        float[] numbers = _open.Count == 0 ? [] : cat([.. _open.Select(figure => figure.Value)]).cpu().data<float>().ToArray();
        foreach (var ((name, _, read), number) in _open.Zip(numbers))
        {
            figures[name] = figures.GetValueOrDefault(name) + read(number);
        }

        return figures;
    }
}
