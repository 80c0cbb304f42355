using System.Buffers.Binary;
using CsCheck;
using Phenaki.Models.Folders;
using Phenaki.Models.Safetensors;
using Phenaki.Testing;
using TorchSharp;

namespace Phenaki.Models.Tests.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ThenRead_GivesTheSameValues() =>
        Gen.Select(Gen.Float[-1000, 1000].Array[0, 50], Gen.UShort.Array[0, 50], Gen.Long.Array[0, 50]).Sample(
            (floats, shorts, longs) =>
            {
                var path = _folder.Of("values");
                SafetensorsWriter.Write(path, [
                    WritableTensor.From<ushort>("s", shorts, shorts.Length),
                    WritableTensor.From<float>("f", floats, 1, floats.Length),
                    WritableTensor.From<long>("l", longs, longs.Length)]);

                using var file = SafetensorsFile.Open(path);
                Assert.Equal(floats, file.ReadFloats("f"));
                Assert.Equal(shorts, file.ReadValues<ushort>("s"));
                Assert.Equal(longs, file.ReadValues<long>("l"));
                Assert.Equal([1, floats.Length], file.Tensors["f"].Shape);
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void Write_Header_IsPaddedAndTensorsAreAligned()
    {
        var path = _folder.Of("aligned");

        SafetensorsWriter.Write(path, [
            WritableTensor.From<ushort>("a", new ushort[3], 3),
            WritableTensor.From<int>("b", new int[1], 1),
            WritableTensor.From<float>("c", new float[2], 2),
            WritableTensor.From<long>("d", new long[1], 1)], new Dictionary<string, string> { ["k"] = "v" });

        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(File.ReadAllBytes(path)) % 8);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["d", "b", "c", "a"], file.Tensors.Values.OrderBy(t => t.Offset).Select(t => t.Name));
        Assert.Equal("v", file.Metadata["k"]);
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32, 0)]
    [InlineData(torch.ScalarType.Float16, 1.0 / 2048)]
    [InlineData(torch.ScalarType.BFloat16, 1.0 / 256)]
    public void Write_TransposedTensor_KeepsValuesWithinTheStoredPrecision(torch.ScalarType storage, double tolerance)
    {
        using var scope = torch.NewDisposeScope();
        var tensor = torch.linspace(-3, 3, 35).reshape(5, 7).t();
        var path = _folder.Of("transposed");

        SafetensorsWriter.Write(path, [WritableTensor.From("t", tensor, storage)]);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal([7, 5], file.Tensors["t"].Shape);
        var expected = tensor.contiguous().data<float>().ToArray();
        Assert.All(expected.Zip(file.ReadFloats("t")), pair => Assert.Equal(pair.First, pair.Second, (Math.Abs(pair.First) * tolerance) + 1e-7));
    }

    [Fact]
    public void Write_OverflowOfTheStoredType_IsRefusedAndLeavesNoFile()
    {
        using var tensor = torch.full([3], Number.Of(1e6f));

        var error = Assert.Throws<ModelFormatException>(() => SafetensorsWriter.Write(_folder.Of("x"), [WritableTensor.From("w", tensor, torch.ScalarType.Float16)]));

        Assert.Equal("w", error.Tensor);
        Assert.Contains("3 values", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_SameNameTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_folder.Of("x"), [WritableTensor.From<int>("a", new int[1], 1), WritableTensor.From<int>("a", new int[1], 1)]));
}
