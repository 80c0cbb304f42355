using static TorchSharp.torch;

namespace Phenaki.Models.Blocks;

/// <summary>Keys and values of the last rows of a sequence: as many as a window holds before a new row, so that memory is bounded whatever the length.</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly int _before;
    private Tensor? _keys;
    private Tensor? _values;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="window">Most rows that a row attends to, itself included; at least 1.</param>
    public KeyValueCache(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _before = window - 1;
    }

    /// <summary>Rows that are kept: those that have come, at most the window but one.</summary>
    public int Known { get; private set; }

    /// <summary>Takes in rows and gives them behind those that their windows begin with.</summary>
    /// <param name="keys">Shape [rows, ...].</param>
    /// <param name="values">Shape [rows, ...].</param>
    /// <returns>
    /// Keys and values of shape [window - 1 + rows, ...], tensors of the present dispose scope. Where fewer than window - 1 rows were <see cref="Known"/>, they begin with
    /// zeros, which are not to be attended to.
    /// </returns>
    public (Tensor Keys, Tensor Values) Append(Tensor keys, Tensor values)
    {
        var rows = keys.shape[0];
        var all = (Join(_keys, keys), Join(_values, values));
        Keep(ref _keys, all.Item1);
        Keep(ref _values, all.Item2);
        Known = (int)Math.Min(Known + rows, _before);
        return all;
    }

    private Tensor Join(Tensor? past, Tensor rows) => cat([past ?? rows.new_zeros([_before, .. rows.shape[1..]]), rows], 0);

    private void Keep(ref Tensor? kept, Tensor all)
    {
        kept?.Dispose();

        // A copy of its own: a view would keep all rows in memory.
        kept = all.narrow(0, all.shape[0] - _before, _before).clone().DetachFromDisposeScope();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }
}
