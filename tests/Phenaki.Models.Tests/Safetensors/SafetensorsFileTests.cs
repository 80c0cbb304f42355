using System.Globalization;
using CsCheck;
using Phenaki.Models.Folders;
using Phenaki.Models.Safetensors;
using Phenaki.Testing;

namespace Phenaki.Models.Tests.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadFloats_EveryFloatingType_GivesTheValues()
    {
        // 1.5 and -2: F32 3FC00000 C0000000, F16 3E00 C000, BF16 3FC0 C000, as IEEE 754 lays them out.
        var path = Write(RawSafetensors.Bytes(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},"c":{"dtype":"BF16","shape":[2,1],"data_offsets":[12,16]}} """,
            0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0x3E, 0, 0xC0, 0xC0, 0x3F, 0, 0xC0));

        using var file = SafetensorsFile.Open(path);

        foreach (var name in (string[])["a", "b", "c"])
        {
            Assert.Equal([1.5f, -2f], file.ReadFloats(name));
            using var tensor = file.ReadTensor(name);
            Assert.Equal(file.Tensors[name].Shape, tensor.shape);
            Assert.Equal(-0.5, tensor.to(TorchSharp.torch.ScalarType.Float64).sum().item<double>());
        }

        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void ReadValues_WholeNumbers_GivesTheValues()
    {
        var path = Write(RawSafetensors.Bytes(
            """{"l":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"u":{"dtype":"U16","shape":[2],"data_offsets":[8,12]},"b":{"dtype":"BOOL","shape":[2],"data_offsets":[12,14]},"e":{"dtype":"U8","shape":[0,3],"data_offsets":[14,14]}}""",
            0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 1, 0));

        using var file = SafetensorsFile.Open(path);

        Assert.Equal([-2L], file.ReadValues<long>("l"));
        Assert.Equal([(ushort)65535, (ushort)1], file.ReadValues<ushort>("u"));
        Assert.Equal([true, false], file.ReadValues<bool>("b"));
        Assert.Empty(file.ReadValues<byte>("e"));
        using var widened = file.ReadTensor("u");
        Assert.Equal([65535, 1], widened.data<int>().ToArray());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "ends at byte 8", "holds 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "take 8 bytes", "holds 9 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes", "found 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,8]}}""", 8, "'a'", "too large")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0,3037000500,3037000500],"data_offsets":[0,0]}}""", 0, "'a'", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""", 8, "'a'", "-1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "'a'", "2.5")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "expected its data at byte 0", "found 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", 8, "'a'", "ends at byte 4")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "'b'", "overlaps")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "F8_E4M3", "BF16")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1}}""", 8, "'a'", "'x'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8]}}""", 8, "'a'", "data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", 8, "not valid", "a")]
    [InlineData("""{"__metadata__":{"n":1},"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", 8, "__metadata__", "Number")]
    [InlineData("""[1]""", 0, "'{'", "no safetensors file")]
    [InlineData("""{"a":""", 0, "header", "not valid")]
    [InlineData("""{"a":5}""", 0, "header", "not valid")]
    public void Open_DamagedHeader_NamesFileAndNumbers(string header, int dataBytes, string first, string second)
    {
        var path = Write(RawSafetensors.Bytes(header, new byte[dataBytes]));

        var error = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path));

        Assert.Equal(path, error.File);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_HeaderLargerThanTheLimit_IsRefusedBeforeItIsRead()
    {
        var error = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(Write([0, 0, 0, 0, 0, 1, 0, 0])));

        Assert.Contains("100000000", error.Message, StringComparison.Ordinal);
        Assert.Contains((1L << 40).ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFile_SaysSo() =>
        Assert.Contains(_folder.Of("none"), Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(_folder.Of("none"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("F32", new byte[] { 0, 0, 0x80, 0x3F, 0, 0, 0xC0, 0x7F })]
    [InlineData("F32", new byte[] { 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0xFF })]
    [InlineData("F16", new byte[] { 0, 0x3C, 0, 0x7C })]
    [InlineData("BF16", new byte[] { 0x80, 0x3F, 0xC0, 0x7F })]
    public void Read_NotFinite_IsRefusedByName(string dtype, byte[] data)
    {
        var path = Write(RawSafetensors.Bytes($$$"""{"w.x":{"dtype":"{{{dtype}}}","shape":[2],"data_offsets":[0,{{{data.Length}}}]}}""", data));
        using var file = SafetensorsFile.Open(path);

        foreach (var read in (Action[])[() => file.ReadFloats("w.x"), () => file.ReadTensor("w.x").Dispose()])
        {
            var error = Assert.Throws<ModelFormatException>(read);
            Assert.Equal("w.x", error.Tensor);
            Assert.Contains("expected 2 finite values, found 1", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CopyTo_OtherShape_NamesBoth()
    {
        using var file = SafetensorsFile.Open(Write(RawSafetensors.Floats("shared.weight", "3,2", 1, 2, 3, 4, 5, 6)));
        using var target = TorchSharp.torch.zeros(4, 2);

        var error = Assert.Throws<ModelFormatException>(() => file.CopyTo("shared.weight", target));

        Assert.Contains("'shared.weight': expected 4 x 2, found 3 x 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnyDamage_IsReadOrRefusedByItsOwnException()
    {
        var good = RawSafetensors.Bytes(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[16,24]}}""", new byte[24]);
        var path = _folder.Of("fuzzed");
        var damage = Gen.Select(Gen.Int[0, good.Length], Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[0, 4]);

        damage.Sample(
            (length, flips) =>
            {
                var bytes = (byte[])good.Clone();
                foreach (var (position, value) in flips)
                {
                    bytes[position] ^= value;
                }

                File.WriteAllBytes(path, bytes[..length]);
                try
                {
                    using var file = SafetensorsFile.Open(path);
                    foreach (var name in file.Tensors.Keys)
                    {
                        file.ReadTensor(name).Dispose();
                    }
                }
                catch (ModelFormatException)
                {
                }
            },
            iter: 3000,
            threads: 1);
    }

    private string Write(byte[] bytes)
    {
        var path = _folder.Of("file.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
