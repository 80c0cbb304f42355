using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Optimisation;

/// <summary>Orthogonalises matrices by Newton-Schulz iteration, with the coefficients of Muon (Jordan et al. 2024).</summary>
internal static class NewtonSchulz
{
    private const int Iterations = 5;

    /// <summary>Brings all singular values near 1.</summary>
    /// <param name="matrices">Shape [count, rows, columns]; one batched product serves all of them.</param>
    /// <param name="precision">Type that the products compute in. The iteration needs no more than bfloat16: it leaves singular values between 0.7 and 1.2 in any.</param>
    /// <returns>The same shape and type.</returns>
    public static Tensor Orthogonalise(Tensor matrices, ScalarType precision)
    {
        bool tall = matrices.shape[1] > matrices.shape[2];
        var x = tall ? matrices.transpose(1, 2) : matrices;
        x = (x / x.Squared().sum([1, 2], keepdim: true).sqrt().Plus(Number.Of(1e-7f))).to_type(precision);
        for (int i = 0; i < Iterations; i++)
        {
            var a = x.matmul(x.transpose(1, 2));
            x = (Number.Of(3.4445f) * x).Plus((Number.Of(-4.7750f) * a).Plus(Number.Of(2.0315f) * a.matmul(a)).matmul(x));
        }

        return (tall ? x.transpose(1, 2) : x).to_type(matrices.dtype);
    }
}
