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

    /// <summary>Takes in a row and gives the window that ends with it.</summary>
    /// <param name="keys">Shape [batch, heads, 1, head width].</param>
    /// <param name="values">Shape [batch, heads, 1, head width].</param>
    /// <returns>Keys and values of shape [batch, heads, rows in the window, head width]; the cache owns them.</returns>
    public (Tensor Keys, Tensor Values) Append(Tensor keys, Tensor values)
    {
        _keys = Join(_keys, keys);
        _values = Join(_values, values);
        return (_keys, _values);
    }

    private Tensor Join(Tensor? past, Tensor row)
    {
        using var scope = NewDisposeScope();
        var joined = past is null ? row.contiguous() : cat([past, row], 2);
        long surplus = joined.shape[2] - _window;
        if (surplus > 0)
        {
            joined = joined.narrow(2, surplus, _window).contiguous();
        }

        past?.Dispose();
        return joined.alias().DetachFromDisposeScope();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }
}
