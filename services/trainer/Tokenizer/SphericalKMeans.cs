using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>k-means on the unit sphere (Dhillon and Modha 2001): where a codebook starts.</summary>
internal static class SphericalKMeans
{
    private const int Iterations = 8;

    /// <summary>Finds directions that stand for rows.</summary>
    /// <param name="rows">Shape [count, width], unit length; count at least <paramref name="clusters"/>.</param>
    /// <param name="clusters">Number of directions.</param>
    /// <returns>Shape [clusters, width], unit length. Deterministic: it starts from evenly spaced rows.</returns>
    public static Tensor Fit(Tensor rows, int clusters)
    {
        using var scope = NewDisposeScope();
        long spacing = rows.shape[0] / clusters;
        var centres = rows.index_select(0, Number.Range(clusters, rows.device) * Number.Of(spacing)).clone();
        for (int i = 0; i < Iterations; i++)
        {
            using var inner = NewDisposeScope();
            var nearest = rows.matmul(centres.t()).argmax(1);
            var sums = zeros_like(centres).index_add_(0, nearest, rows, Number.Of(1));
            var counts = zeros(clusters, device: rows.device).index_add_(0, nearest, ones(rows.shape[0], device: rows.device), Number.Of(1));

            // An empty cluster keeps its place.
            var moved = where((counts > Number.Of(0)).unsqueeze(1), nn.functional.normalize(sums, 2, 1), centres);
            centres.copy_(moved);
        }

        return centres.MoveToOuterDisposeScope();
    }
}
