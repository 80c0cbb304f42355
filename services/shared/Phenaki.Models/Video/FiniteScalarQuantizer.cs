using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>Rounds each number of a row to one of a few levels (FSQ, arXiv 2309.15505): nothing to learn, no codebook to collapse.</summary>
public sealed class FiniteScalarQuantizer : Quantizer
{
    // Keeps the outermost levels within reach of tanh.
    private const double Slack = 1e-3;

    private readonly int[] _levels;
    private readonly Device _device;

    /// <summary>Creates the quantizer.</summary>
    /// <param name="levels">Levels of each number, each at least 2; the first number varies fastest in the code number.</param>
    /// <param name="device">Where rows live.</param>
    public FiniteScalarQuantizer(int[] levels, Device device)
        : base(nameof(FiniteScalarQuantizer))
    {
        _levels = levels;
        _device = device;
    }

    /// <inheritdoc />
    /// <remarks>Levels lie one apart; an even number of them is shifted by half a level, so that 0 is a border, not a level.</remarks>
    public override Tensor Bound(Tensor rows)
    {
        var half = PerLevel(level => (level - 1) * (1 + Slack) / 2);
        var offset = PerLevel(level => level % 2 == 0 ? 0.5 : 0);
        var shift = PerLevel(level => level % 2 == 0 ? Math.Atanh(0.5 / ((level - 1) * (1 + Slack) / 2)) : 0);
        return (rows.Plus(shift).tanh() * half - offset) / PerLevel(level => level / 2);
    }

    /// <inheritdoc />
    public override Tensor Indices(Tensor bounded)
    {
        var digits = (bounded * PerLevel(level => level / 2)).round().Plus(PerLevel(level => level / 2));
        return (digits * tensor(Strides(), dtype: ScalarType.Float64, device: _device)).sum(-1).to_type(ScalarType.Int64);
    }

    /// <inheritdoc />
    public override Tensor Codes(Tensor indices)
    {
        var strides = tensor(Strides(), dtype: ScalarType.Int64, device: _device);
        var levels = tensor(_levels, dtype: ScalarType.Int64, device: _device);
        var digits = indices.unsqueeze(-1).div(strides, RoundingMode.floor).remainder(levels);
        var half = PerLevel(level => level / 2);
        return (digits.to_type(ScalarType.Float32) - half) / half;
    }

    private long[] Strides()
    {
        var strides = new long[_levels.Length];
        for (long i = 0, stride = 1; i < strides.Length; stride *= _levels[i++])
        {
            strides[i] = stride;
        }

        return strides;
    }

    private Tensor PerLevel(Func<int, double> value) => tensor(_levels.Select(level => (float)value(level)).ToArray(), device: _device);
}
