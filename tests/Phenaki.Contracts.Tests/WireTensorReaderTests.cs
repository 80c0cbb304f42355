using CsCheck;
using Google.Protobuf;
using Phenaki.Common.V1;

namespace Phenaki.Contracts.Tests;

public sealed class WireTensorReaderTests
{
    [Fact]
    public void ReadFloats_Missing_NamesTheField() => Assert.Equal(["text_embedding: is missing."], FloatProblems(null));

    [Fact]
    public void ReadFloats_EverythingWrong_ReportsTypeAndShapeAtOnce() => Assert.Equal(
        [
            "text_embedding.data_type: is Uint8; allowed are Float32 and Bfloat16.",
            "text_embedding.shape: is [3]; must be [1..4, 2].",
        ],
        FloatProblems(Make(DataType.Uint8, new byte[3], 3)));

    [Fact]
    public void ReadFloats_TooFewBytes_NamesBothNumbers() => Assert.Equal(
        ["text_embedding.data: has 15 bytes; [2, 2] of Float32 takes 16."], FloatProblems(Make(DataType.Float32, new byte[15], 2, 2)));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void ReadFloats_NotFinite_NamesTheElement(float value)
    {
        foreach (var type in new[] { DataType.Float32, DataType.Bfloat16 })
        {
            var problem = Assert.Single(FloatProblems(WireTensor.FromFloats([0, 1, value, 3], type, 2, 2)));
            Assert.StartsWith("text_embedding.data: element 2 is ", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ReadFloats_ShapeWhoseProductOverflows_IsRefused()
    {
        // 2^16 * 2^16 * 2^16 * 2^16 is 0 modulo 2^64: an unchecked product would match the empty data.
        List<FieldProblem> problems = [];
        var tensor = Make(DataType.Float32, [], 65_536, 65_536, 65_536, 65_536);
        Assert.Null(WireTensorReader.ReadFloats(tensor, "x", problems.Add, Extent.Any, Extent.Any, Extent.Any, Extent.Any));
        Assert.Contains("takes more than 4194304 bytes", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFloats_ThousandsOfDimensions_GivesAShortMessage()
    {
        var tensor = new Tensor { DataType = DataType.Float32 };
        tensor.Shape.AddRange(Enumerable.Repeat(1u, 100_000));
        Assert.InRange(Assert.Single(FloatProblems(tensor)).Length, 1, 200);
    }

    [Fact]
    public void ReadTokens_OutsideTheCodebook_NamesTokenAndRange()
    {
        var exception = Assert.Throws<TensorFormatException>(() =>
            WireTensorReader.ReadTokens(WireTensor.FromTokens([1, 4096], 5000, 2), "prefix_tokens", 4096, 2));
        Assert.Equal("prefix_tokens.data: token 1 is 4096; allowed are 0..4095.", exception.Message);
    }

    [Fact]
    public void ReadTokens_U32BeyondInt32_IsRefused() => Assert.Throws<TensorFormatException>(() =>
        WireTensorReader.ReadTokens(Make(DataType.Uint32, [0xFF, 0xFF, 0xFF, 0xFF], 1), "x", int.MaxValue, 1));

    [Fact]
    public void ReadFrame_WrongSize_NamesBothNumbers()
    {
        List<FieldProblem> problems = [];
        Assert.Null(WireTensorReader.ReadFrame(WireTensor.Frame(0, new byte[11]), "frame", 12, problems.Add));
        Assert.Equal("frame.rgb: has 11 bytes; must have 12, 3 for each pixel.", Assert.Single(problems).ToString());
        problems.Clear();
        Assert.Null(WireTensorReader.ReadFrame(null, "frame", 12, problems.Add));
        Assert.Equal("frame: is missing.", Assert.Single(problems).ToString());
    }

    [Fact]
    public void Read_AnyMessage_GivesAResultOrProblemsAndNeverThrows() =>
        Gen.Select(Gen.Int[0, 6], Gen.UInt.Array[0, 9], Gen.Byte.Array[0, 40]).Sample((type, shape, data) =>
        {
            var tensor = Make((DataType)type, data, shape);
            List<FieldProblem> problems = [];
            Assert.NotEqual(WireTensorReader.ReadFloats(tensor, "x", problems.Add, Extent.Any, Extent.Any) is null, problems.Count == 0);
            problems.Clear();
            Assert.NotEqual(WireTensorReader.ReadTokens(tensor, "x", 4096, problems.Add, Extent.Any) is null, problems.Count == 0);
        });

    private static string[] FloatProblems(Tensor? tensor)
    {
        List<FieldProblem> problems = [];
        Assert.Null(WireTensorReader.ReadFloats(tensor, "text_embedding", problems.Add, Extent.UpTo(4), 2));
        return [.. problems.Select(p => p.ToString())];
    }

    private static Tensor Make(DataType type, byte[] data, params uint[] shape)
    {
        var tensor = new Tensor { DataType = type, Data = ByteString.CopyFrom(data) };
        tensor.Shape.AddRange(shape);
        return tensor;
    }
}
