using CsCheck;
using Phenaki.Models.Masked;

namespace Phenaki.Models.Tests.Masked;

public sealed class PhiloxTests
{
    // Known answers of the authors' library Random123, file kat_vectors, lines "philox4x32 10".
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Generate_PublishedVectors_Match(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox.Generate((c0, c1, c2, c3), (k0, k1)));

    [Fact]
    public void ToUniform_AnyBits_LiesStrictlyBetweenZeroAndOne() =>
        Gen.UInt.Sample(bits => Philox.ToUniform(bits) is > 0f and < 1f);

    [Fact]
    public void ToUniform_AllOnes_IsStillBelowOne() => Assert.True(Philox.ToUniform(uint.MaxValue) < 1f);

    [Fact]
    public void At_AnyPartOfTheKeyChanged_GivesOtherNumbers() =>
        Gen.Select(Gen.ULong, Gen.UInt, Gen.UInt, Gen.Int[0, 255], Gen.Int[0, 4095]).Sample((seed, scene, clip, step, position) =>
        {
            var here = new ClipNoise(seed, scene, clip).At(step, position);
            return here != new ClipNoise(seed + 1, scene, clip).At(step, position)
                && here != new ClipNoise(seed ^ (1ul << 40), scene, clip).At(step, position)
                && here != new ClipNoise(seed, scene + 1, clip).At(step, position)
                && here != new ClipNoise(seed, scene, clip + 1).At(step, position)
                && here != new ClipNoise(seed, scene, clip).At(step + 1, position)
                && here != new ClipNoise(seed, scene, clip).At(step, position + 1);
        });
}
