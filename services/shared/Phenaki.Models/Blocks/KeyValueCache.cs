using static TorchSharp.torch;

namespace Phenaki.Models.Blocks;

/// <summary>Keys and values of the last rows of a sequence: at most a window of them, so that memory is bounded whatever the length.</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly int _window;
    private Tensor? _keys;
    private Tensor? _values;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="window">Most rows that are kept, the newest included; at least 1.</param>
    public KeyValueCache(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _window = window;
    }

    /// <summary>Takes in rows and gives the windows that end with each of them.</summary>
    /// <param name="keys">Shape [batch, heads, rows, head width].</param>
    /// <param name="values">Shape [batch, heads, rows, head width].</param>
    /// <returns>For each row keys and values of shape [batch, heads, rows in its window, head width]; tensors of the present dispose scope.</returns>
    public IReadOnlyList<(Tensor Keys, Tensor Values)> Append(Tensor keys, Tensor values)
    {
        var (allKeys, allValues) = (Join(_keys, keys), Join(_values, values));
        long length = allKeys.shape[2];
        long past = length - keys.shape[2];
        List<(Tensor, Tensor)> windows = [];
        for (long end = past + 1; end <= length; end++)
        {
            long rows = Math.Min(end, _window);
            windows.Add((allKeys.narrow(2, end - rows, rows), allValues.narrow(2, end - rows, rows)));
        }

        Keep(ref _keys, windows[^1].Item1);
        Keep(ref _values, windows[^1].Item2);
        return windows;
    }

    private static Tensor Join(Tensor? past, Tensor rows) => past is null ? rows.contiguous() : cat([past, rows], 2);

    private static void Keep(ref Tensor? kept, Tensor window)
    {
        kept?.Dispose();

        // A copy of its own: a view would keep all rows in memory.
        kept = window.clone().DetachFromDisposeScope();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }
}
