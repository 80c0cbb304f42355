using CsCheck;

namespace Phenaki.Contracts.Tests;

public sealed class BFloat16Tests
{
    [Fact]
    public void ToSingle_EveryFiniteBFloat16_RoundTripsExactly()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var value = BFloat16.ToSingle((ushort)bits);
            if (!float.IsNaN(value))
            {
                Assert.Equal(bits, BFloat16.FromSingle(value));
            }
        }
    }

    [Theory]
    [InlineData(0x3F808000, 0x3F80)] // a tie, even below
    [InlineData(0x3F818000, 0x3F82)] // a tie, even above
    [InlineData(0x3F807FFF, 0x3F80)]
    [InlineData(0x3F808001, 0x3F81)]
    [InlineData(0x7F7FFFFF, 0x7F80)] // the largest single rounds to infinity
    public void FromSingle_BetweenTwo_RoundsToNearestTiesToEven(int single, int expected) =>
        Assert.Equal(expected, BFloat16.FromSingle(BitConverter.Int32BitsToSingle(single)));

    [Fact]
    public void FromSingle_NaNWithLowBitsOnly_StaysNaN() =>
        Assert.True(float.IsNaN(BFloat16.ToSingle(BFloat16.FromSingle(BitConverter.Int32BitsToSingle(0x7F800001)))));

    [Fact]
    public void FromSingle_AnyFinite_IsNoFurtherThanTheNeighbours() => Gen.Float.Where(float.IsFinite).Sample(value =>
    {
        var rounded = BFloat16.FromSingle(value);
        var error = Math.Abs((double)BFloat16.ToSingle(rounded) - value);
        if (double.IsInfinity(error))
        {
            return; // Beyond the largest bfloat16; the theory above covers it.
        }

        foreach (var neighbour in new[] { (ushort)(rounded - 1), (ushort)(rounded + 1) })
        {
            var other = BFloat16.ToSingle(neighbour);
            Assert.True(!float.IsFinite(other) || error <= Math.Abs((double)other - value));
        }
    });
}
