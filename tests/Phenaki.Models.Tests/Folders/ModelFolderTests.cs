using System.Security.Cryptography;
using System.Text;
using Phenaki.Models.Folders;
using Phenaki.Testing;
using TorchSharp;

namespace Phenaki.Models.Tests.Folders;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _module;

    public ModelFolderTests()
    {
        TorchRuntime.EnsureLoaded();
        _module = torch.nn.Linear(3, 2);
    }

    private string Model => _folder.Of("model");

    public void Dispose()
    {
        _module.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Write_ThenLoad_GivesTheSameWeights()
    {
        WriteModel();
        using var copy = torch.nn.Linear(3, 2);

        using var folder = ModelFolder.Open(Model, "test-model");
        folder.LoadWeights(copy, torch.CPU);

        Assert.Equal(Values(_module), Values(copy));
        Assert.Equal(new SampleConfig("test-model", 3, Shape.RoundCorners), folder.ReadConfig<SampleConfig>());
        Assert.Equal(("model", "", 8), (folder.Name, folder.Version, folder.Identify(copy).Parameters));
        Assert.Equal("# card", File.ReadAllText(_folder.Of("model", "README.md")));
        Assert.Contains("\"layer_count\": 3", File.ReadAllText(_folder.Of("model", "config.json")), StringComparison.Ordinal);
        Assert.Equal([Model], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_OverAModel_ReplacesIt()
    {
        WriteModel();
        WriteModel(layers: 4);

        using var folder = ModelFolder.Open(Model);

        Assert.Equal(4, folder.ReadConfig<SampleConfig>().LayerCount);
        Assert.Equal([Model], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_OverAFolderWithOtherFiles_IsRefused()
    {
        Directory.CreateDirectory(Model);
        File.WriteAllText(_folder.Of("model", "thesis.docx"), "years of work");

        var error = Assert.Throws<ModelFormatException>(() => WriteModel());

        Assert.Contains("thesis.docx", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.Of("model", "thesis.docx")));
    }

    [Fact]
    public void Write_NotFiniteWeights_LeavesTheOldModel()
    {
        WriteModel();
        var before = File.ReadAllBytes(_folder.Of("model", "model.safetensors"));
        using (torch.no_grad())
        {
            _module.get_parameter("bias")!.fill_(Number.Of(double.NaN));
        }

        var error = Assert.Throws<ModelFormatException>(() => WriteModel());

        Assert.Equal("bias", error.Tensor);
        Assert.Equal(before, File.ReadAllBytes(_folder.Of("model", "model.safetensors")));
        Assert.Equal([Model], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Fingerprint_IsTheDocumentedHash()
    {
        WriteModel(extra: new Dictionary<string, byte[]> { ["spiece.model"] = [1, 2, 3] });

        using var folder = ModelFolder.Open(Model);

        using var stream = new MemoryStream();
        stream.WriteByte(1);
        foreach (var name in (string[])["config.json", "model.safetensors", "spiece.model"])
        {
            foreach (var field in (byte[][])[Encoding.UTF8.GetBytes(name), File.ReadAllBytes(_folder.Of("model", name))])
            {
                stream.Write(BitConverter.GetBytes((long)field.Length));
                stream.Write(field);
            }
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(stream.ToArray())), folder.Fingerprint);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer_config.json")]
    public void Fingerprint_OneByteChanged_Differs(string file)
    {
        WriteModel(extra: new Dictionary<string, byte[]> { ["tokenizer_config.json"] = "{} "u8.ToArray() });
        using var before = ModelFolder.Open(Model);
        _ = before.Fingerprint;

        var bytes = File.ReadAllBytes(_folder.Of("model", file));
        bytes[^1] ^= file == "config.json" ? (byte)(bytes[^1] ^ '\n') : (byte)1;
        File.WriteAllBytes(_folder.Of("model", file), file == "config.json" ? [.. bytes[..^1], (byte)' ', (byte)'}'] : bytes);
        using var after = ModelFolder.Open(Model);

        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
    }

    [Fact]
    public void LoadWeights_MissingTensor_IsNamed() => AssertRefused([("weight", [2, 3])], "'bias': is missing");

    [Fact]
    public void LoadWeights_ForeignTensor_IsNamed() => AssertRefused([("weight", [2, 3]), ("bias", [2]), ("extra.weight", [1])], "'extra.weight': is not part of this model");

    [Fact]
    public void LoadWeights_OtherShape_NamesBothNumbers() => AssertRefused([("weight", [2, 4]), ("bias", [2])], "'weight': expected 2 x 3, found 2 x 4");

    [Fact]
    public void Open_NoFolder_SaysWhereItLooked() =>
        Assert.Contains(_folder.Of("none"), Assert.Throws<ModelFormatException>(() => ModelFolder.Open(_folder.Of("none"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_OtherModelType_NamesBoth()
    {
        WriteModel();

        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Open(Model, "t5"));

        Assert.Contains("'t5'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'test-model'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type":"test-model","layer_count":3,"corners":"round_corners","colour":1}""", "'colour'")]
    [InlineData("""{"model_type":"test-model","layer_count":"three","corners":"round_corners"}""", "layer_count")]
    [InlineData("""{"model_type":"test-model","corners":"round_corners"}""", "layer_count")]
    [InlineData("""{"model_type":"test-model","layer_count":3,"layer_count":4,"corners":"round_corners"}""", "layer_count")]
    [InlineData("""{"model_type":"test-model","layer_count":3,"corners":7}""", "corners")]
    [InlineData("""{"model_type":5}""", "model_type")]
    [InlineData("""[]""", "object")]
    [InlineData("""{"model_""", "JSON")]
    public void ReadConfig_BadConfig_NamesTheKey(string json, string expected)
    {
        WriteModel();
        File.WriteAllText(_folder.Of("model", "config.json"), json);

        var error = Assert.Throws<ModelFormatException>(() =>
        {
            using var folder = ModelFolder.Open(Model, "test-model");
            folder.ReadConfig<SampleConfig>();
        });

        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_KeyThatIsNoText_IsRefused()
    {
        WriteModel();
        File.WriteAllBytes(_folder.Of("model", "config.json"), [.. "{\"model_type"u8, 0x9E, .. "\":\"test-model\"}"u8]);

        Assert.Throws<ModelFormatException>(() => ModelFolder.Open(Model, "test-model"));
    }

    private void WriteModel(int layers = 3, Dictionary<string, byte[]>? extra = null) =>
        ModelFolder.Write(Model, new SampleConfig("test-model", layers, Shape.RoundCorners), _module, "# card", torch.ScalarType.Float32, extra);

    private void AssertRefused((string Name, long[] Shape)[] tensors, string expected)
    {
        using var scope = torch.NewDisposeScope();
        ModelFolder.Write(Model, new SampleConfig("test-model", 1, Shape.Square), tensors.Select(t => (t.Name, torch.ones(t.Shape))), "# card", torch.ScalarType.BFloat16);
        using var folder = ModelFolder.Open(Model);

        var error = Assert.Throws<ModelFormatException>(() => folder.LoadWeights(_module, torch.CPU));

        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static float[] Values(torch.nn.Module module) => [.. module.parameters().SelectMany(p => p.data<float>().ToArray())];

    internal enum Shape
    {
        Square,
        RoundCorners,
    }

    internal sealed record SampleConfig(string ModelType, int LayerCount, Shape Corners);
}
