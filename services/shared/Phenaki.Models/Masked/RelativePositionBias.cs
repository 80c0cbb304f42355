using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>A learned number for each head and each offset in time, row and column between two tokens (after T5, arXiv 1910.10683, section 2.1, and Swin, 2103.14030).</summary>
public sealed class RelativePositionBias : nn.Module<int, Tensor>
{
    private readonly Parameter bias;
    private readonly int _latentFrames;
    private readonly int _rows;
    private readonly int _columns;

    /// <summary>Creates the table, all zero.</summary>
    public RelativePositionBias(MaskedTransformerConfig config, Device device)
        : base(nameof(RelativePositionBias))
    {
        (_latentFrames, _rows, _columns) = (config.MaxLatentFrames, config.Rows, config.Columns);
        bias = new Parameter(zeros(config.Heads, Span(_latentFrames) * Span(_rows) * Span(_columns), device: device));
        RegisterComponents();
    }

    /// <summary>The bias between all pairs of tokens of a grid.</summary>
    /// <param name="latentFrames">Latent frames of the grid, at most the model's.</param>
    /// <returns>Shape [1, heads, tokens, tokens].</returns>
    public override Tensor forward(int latentFrames)
    {
        int tokens = latentFrames * _rows * _columns;
        var offsets = tensor(Offsets(latentFrames), dtype: ScalarType.Int64, device: bias.device);
        return bias.index_select(1, offsets).view(1, -1, tokens, tokens);
    }

    // Offsets -(n-1) to n-1.
    private static int Span(int size) => (2 * size) - 1;

    private long[] Offsets(int latentFrames)
    {
        int tokens = latentFrames * _rows * _columns;
        var offsets = new long[tokens * tokens];
        for (int from = 0; from < tokens; from++)
        {
            var (fromTime, fromRow, fromColumn) = Place(from);
            for (int to = 0; to < tokens; to++)
            {
                var (time, row, column) = Place(to);
                long inTime = time - fromTime + _latentFrames - 1;
                long inRow = row - fromRow + _rows - 1;
                long inColumn = column - fromColumn + _columns - 1;
                offsets[(from * tokens) + to] = (((inTime * Span(_rows)) + inRow) * Span(_columns)) + inColumn;
            }
        }

        return offsets;
    }

    private (int Time, int Row, int Column) Place(int token) =>
        (token / (_rows * _columns), token / _columns % _rows, token % _columns);
}
