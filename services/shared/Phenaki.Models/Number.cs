using TorchSharp;

namespace Phenaki.Models;

/// <summary>
/// Numbers for libtorch. TorchSharp hands the address of a scalar to libtorch and forgets the scalar: a collection of garbage at that moment frees it
/// while it is read, which ends as "Unknown scalar type", or as another number. What is made here is remembered until the thread has made many more,
/// long after the operation that it is for; the banned symbols see to it that no other way is taken.
/// </summary>
/// <remarks>A number may be kept and used again: it is freed by the garbage collector alone.</remarks>
public static class Number
{
    // More than any operation takes.
    private const int Remembered = 64;

    [ThreadStatic]
    private static Scalar[]? _last;

    [ThreadStatic]
    private static int _next;

    /// <summary>An integer of 32 bits.</summary>
    public static Scalar Of(int value) => Remember(value.ToScalar());

    /// <summary>An integer of 64 bits.</summary>
    public static Scalar Of(long value) => Remember(value.ToScalar());

    /// <summary>A number of single precision.</summary>
    public static Scalar Of(float value) => Remember(value.ToScalar());

    /// <summary>A number of double precision.</summary>
    public static Scalar Of(double value) => Remember(value.ToScalar());

    /// <summary>The numbers from 0 to <paramref name="count"/> - 1, shape [count]; of 64 bits unless another type is given.</summary>
    public static torch.Tensor Range(long count, torch.Device device, torch.ScalarType type = torch.ScalarType.Int64) =>
        torch.arange(Of(0L), Of(count), Of(1L), type, device);

    private static Scalar Remember(Scalar number)
    {
        _last ??= new Scalar[Remembered];
        _last[_next] = number;
        _next = (_next + 1) % Remembered;
        return number;
    }
}
