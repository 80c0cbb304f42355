using CsCheck;
using Google.Protobuf;
using Phenaki.Common.V1;

namespace Phenaki.Contracts.Tests;

public sealed class WireTensorTests
{
    private static readonly Gen<float> FiniteFloats = Gen.Float.Where(float.IsFinite);

    [Fact]
    public void Floats_Float32_RoundTripExactly() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12]).SelectMany((rows, width) =>
            FiniteFloats.Array[rows * width].Select(values => (rows, width, values))).Sample(t =>
            {
                var tensor = WireTensor.FromFloats(t.values, DataType.Float32, t.rows, t.width);
                var back = WireTensorReader.ReadFloats(Tensor.Parser.ParseFrom(tensor.ToByteArray()), "x", t.rows, t.width);
                Assert.Equal(t.values.Select(BitConverter.SingleToInt32Bits), back.Select(BitConverter.SingleToInt32Bits));
            });

    [Fact]
    public void Tokens_AnyCodebook_RoundTripInTheSmallestType() =>
        Gen.Int[1, 200_000].SelectMany(limit => Gen.Int[0, limit - 1].Array[1, 64].Select(tokens => (limit, tokens))).Sample(t =>
        {
            var tensor = WireTensor.FromTokens(t.tokens, t.limit, t.tokens.Length);
            Assert.Equal(t.limit <= 65_536 ? DataType.Uint16 : DataType.Uint32, tensor.DataType);
            Assert.Equal(t.tokens, WireTensorReader.ReadTokens(tensor, "x", t.limit, t.tokens.Length));
        });

    [Fact]
    public void FromTokens_MaskedPositionOfTheLargestU16Codebook_TravelsAsU32()
    {
        var tensor = WireTensor.FromTokens([65_536, 0], 65_537, 2);
        Assert.Equal(DataType.Uint32, tensor.DataType);
        Assert.Equal([65_536, 0], WireTensorReader.ReadTokens(tensor, "x", 65_537, 2));
    }

    [Fact]
    public void FromTokens_KnownIds_AreLittleEndian() =>
        Assert.Equal([0x34, 0x12, 0xFF, 0x00], WireTensor.FromTokens([0x1234, 0x00FF], 0x2000, 2).Data.ToByteArray());

    [Fact]
    public void FromFloats_KnownNumbers_AreLittleEndian()
    {
        Assert.Equal([0x00, 0x00, 0x80, 0x3F], WireTensor.FromFloats([1f], DataType.Float32, 1).Data.ToByteArray());
        Assert.Equal([0x80, 0x3F, 0x20, 0xC0], WireTensor.FromFloats([1f, -2.5f], DataType.Bfloat16, 2).Data.ToByteArray());
    }

    [Fact]
    public void FromFloats_WrongTypeOrShape_Throws()
    {
        Assert.Throws<ArgumentException>(() => WireTensor.FromFloats([1f], DataType.Uint8, 1));
        Assert.Throws<ArgumentException>(() => WireTensor.FromFloats([1f, 2f], DataType.Float32, 3));
        Assert.Throws<ArgumentException>(() => WireTensor.FromFloats([1f], DataType.Float32));
        Assert.Throws<ArgumentOutOfRangeException>(() => WireTensor.FromFloats([], DataType.Float32, 0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4096)]
    public void FromTokens_OutOfRange_Throws(int token) =>
        Assert.Contains("0..4095", Assert.Throws<ArgumentException>(() => WireTensor.FromTokens([token], 4096, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Frame_Bytes_AreNotCopied()
    {
        var pixels = new byte[12];
        var frame = WireTensor.Frame(3, pixels);
        Assert.Same(pixels, WireTensorReader.ReadFrame(frame, "frame", 12, _ => Assert.Fail("reported")));
        Assert.Equal(3u, frame.Index);
    }
}
