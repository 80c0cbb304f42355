using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Models;

/// <summary>
/// Arithmetic for which TorchSharp makes scalars of its own: a sum has a factor, a square an exponent. A collection of garbage frees them while libtorch reads
/// them, as <see cref="Number"/> tells; it ended a training after a thousand steps on a busy machine. The banned symbols see to it that no other way is taken.
/// </summary>
public static class TensorArithmetic
{
    /// <summary>The sum of two tensors, broadcast to a common shape.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, Number.Of(1));

    /// <summary>The sum of a tensor and a number.</summary>
    public static Tensor Plus(this Tensor left, Scalar right) => left.add(right, Number.Of(1));

    /// <summary>The square of each number.</summary>
    public static Tensor Squared(this Tensor tensor) => tensor.pow(Number.Of(2));
}
