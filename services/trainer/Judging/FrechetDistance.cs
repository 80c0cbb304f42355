using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Judging;

/// <summary>The Frechet distance between two sets of feature vectors, each taken as a normal distribution (Heusel et al., arXiv 1706.08500, equation 6).</summary>
internal static class FrechetDistance
{
    /// <summary>|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)).</summary>
    /// <param name="first">At least two vectors of one length.</param>
    /// <param name="second">At least two vectors of that length.</param>
    public static double Between(IReadOnlyList<float[]> first, IReadOnlyList<float[]> second)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (mean1, covariance1) = Moments(first);
        var (mean2, covariance2) = Moments(second);

        // (C1 C2)^(1/2) has the trace of (R C2 R)^(1/2) with R = C1^(1/2), which is symmetric: its eigenvalues are real.
        var (values, vectors) = linalg.eigh(covariance1);
        var root = (vectors * values.clamp(Number.Of(0)).sqrt().unsqueeze(0)).matmul(vectors.t());
        var (product, _) = linalg.eigh(root.matmul(covariance2).matmul(root));
        return ((mean1 - mean2).Squared().sum().Plus(covariance1.trace()).Plus(covariance2.trace()) - (Number.Of(2) * product.clamp(Number.Of(0)).sqrt().sum())).item<double>();
    }

    private static (Tensor Mean, Tensor Covariance) Moments(IReadOnlyList<float[]> vectors)
    {
        var rows = tensor(vectors.SelectMany(vector => vector).ToArray(), [vectors.Count, vectors[0].Length]).to_type(ScalarType.Float64);
        var mean = rows.mean([0]);
        var centred = rows - mean;
        return (mean, centred.t().matmul(centred) / Number.Of(vectors.Count - 1));
    }
}
