using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>A learned number for each head and each offset in time, row and column between two tokens (after T5, arXiv 1910.10683, section 2.1, and Swin, 2103.14030).</summary>
public sealed class RelativePositionBias : nn.Module<Tensor, Tensor>
{
    private readonly Parameter bias;

    /// <summary>Creates the table, all zero.</summary>
    public RelativePositionBias(MaskedTransformerConfig config, Device device)
        : base(nameof(RelativePositionBias))
    {
        bias = new Parameter(zeros(config.Heads, Span(config.MaxLatentFrames) * Span(config.Rows) * Span(config.Columns), device: device));
        RegisterComponents();
    }

    /// <summary>The bias between all pairs of tokens of a grid.</summary>
    /// <param name="offsets">From <see cref="Offsets"/>.</param>
    /// <returns>Shape [1, heads, tokens, tokens].</returns>
    public override Tensor forward(Tensor offsets) =>
        bias.index_select(1, offsets.flatten()).view(1, -1, offsets.shape[0], offsets.shape[1]);

    /// <summary>The number of the offset between each pair of tokens of a grid: the same for all layers.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="latentFrames">Latent frames of the grid, at most the model's.</param>
    /// <param name="device">Where the tensor lives.</param>
    /// <returns>Shape [tokens, tokens], int64.</returns>
    public static Tensor Offsets(MaskedTransformerConfig config, int latentFrames, Device device)
    {
        var (rows, columns) = (config.Rows, config.Columns);
        int tokens = latentFrames * rows * columns;
        var offsets = new long[tokens * tokens];
        for (int from = 0; from < tokens; from++)
        {
            var (fromTime, fromRow, fromColumn) = Place(from);
            for (int to = 0; to < tokens; to++)
            {
                var (time, row, column) = Place(to);
                long inTime = time - fromTime + config.MaxLatentFrames - 1;
                long inRow = row - fromRow + rows - 1;
                long inColumn = column - fromColumn + columns - 1;
                offsets[(from * tokens) + to] = (((inTime * Span(rows)) + inRow) * Span(columns)) + inColumn;
            }
        }

        return tensor(offsets, [tokens, tokens], dtype: ScalarType.Int64, device: device);

        (int Time, int Row, int Column) Place(int token) => (token / (rows * columns), token / columns % rows, token % columns);
    }

    // Offsets -(n-1) to n-1.
    private static int Span(int size) => (2 * size) - 1;
}
