using System.Text.Json.Nodes;
using CsCheck;
using Phenaki.Models.Folders;
using Phenaki.Models.Safetensors;
using Phenaki.Models.Text;
using Phenaki.Testing;
using TorchSharp;

namespace Phenaki.Models.Tests.Text;

/// <summary>Folders that are not what they should be.</summary>
public sealed class TextEncoderFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Model => _folder.Of("model");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_EmbeddingOfOneRowLess_NamesBothShapes()
    {
        T5Fixture.Copy(Model, tensors => tensors.Select(pair => WritableTensor.From(pair.Key, pair.Key == "shared.weight" ? pair.Value[..4127] : pair.Value)));

        AssertRefused("model.safetensors", "'shared.weight': expected 4128 x 64, found 4127 x 64");
    }

    [Fact]
    public void Load_MissingTensor_NamesIt()
    {
        T5Fixture.Copy(Model, tensors => tensors.Where(pair => pair.Key != "encoder.block.2.layer.0.SelfAttention.k.weight").Select(pair => WritableTensor.From(pair.Key, pair.Value)));

        AssertRefused("model.safetensors", "'encoder.block.2.layer.0.SelfAttention.k.weight': is missing");
    }

    [Fact]
    public void Load_ForeignTensor_NamesIt()
    {
        T5Fixture.Copy(Model, tensors => [.. tensors.Select(pair => WritableTensor.From(pair.Key, pair.Value)), WritableTensor.From<int>("bert.pooler.weight", new int[1], 1)]);

        AssertRefused("model.safetensors", "'bert.pooler.weight': is not part of this model");
    }

    [Fact]
    public void Load_TwoEmbeddingsThatDiffer_NamesThem()
    {
        T5Fixture.Copy(Model, tensors => [.. tensors.Select(pair => WritableTensor.From(pair.Key, pair.Value)), WritableTensor.From("encoder.embed_tokens.weight", tensors["shared.weight"].Plus(Number.Of(1)))]);

        AssertRefused("model.safetensors", "'shared.weight': is another name of 'encoder.embed_tokens.weight', but differs from it");
    }

    [Theory]
    [InlineData("num_layers", 2, "'encoder.block.2.layer.0.SelfAttention.k.weight': is not part of this model")]
    [InlineData("num_layers", 0, "num_layers must be 1 to 1024, found 0")]
    [InlineData("vocab_size", 100, "pieces, but vocab_size in config.json is 100")]
    [InlineData("d_ff", 1 << 20, "expected 1048576 x 64, found 128 x 64")]
    [InlineData("vocab_size", 1 << 24, "'shared.weight': expected 16777216 x 64, found 4128 x 64")]
    [InlineData("d_ff", 64, "expected 64 x 64, found 128 x 64")]
    [InlineData("d_model", "wide", "d_model")]
    [InlineData("dense_act_fn", "tanhshrink", "found 'tanhshrink'")]
    [InlineData("is_gated_act", false, "DenseReluDense.wi.weight': is missing")]
    [InlineData("model_type", "bert", "model_type must be 't5', found 'bert'")]
    [InlineData("layer_norm_epsilon", 0, "layer_norm_epsilon must be above 0")]
    public void Load_ConfigThatDoesNotFit_NamesTheKey(string key, object value, string expected)
    {
        T5Fixture.Copy(Model, tensors => tensors.Select(pair => WritableTensor.From(pair.Key, pair.Value)), config => config[key] = JsonValue.Create(value));

        AssertRefused(_folder.Path, expected);
    }

    [Fact]
    public void Load_NoSentencePieceModel_SaysWhatIsRead()
    {
        T5Fixture.Copy(Model, tensors => tensors.Select(pair => WritableTensor.From(pair.Key, pair.Value)));
        File.Delete(_folder.Of("model", "spiece.model"));

        AssertRefused("spiece.model", "is missing");
    }

    [Fact]
    public void Load_NoWeights_SaysWhatWasLookedFor()
    {
        T5Fixture.CopyWithoutWeights(Model);

        AssertRefused(Model, "model.safetensors.index.json");
    }

    [Fact]
    public void Load_AnyDamage_IsLoadedOrRefusedByItsOwnException()
    {
        TorchRuntime.EnsureLoaded();
        WriteTinyModel();
        var names = new[] { "config.json", "model.safetensors", "spiece.model", "tokenizer_config.json" };
        var originals = names.ToDictionary(name => name, name => File.ReadAllBytes(_folder.Of("model", name)));
        var damage = Gen.Select(Gen.Int[0, names.Length - 1].Select(index => names[index]), Gen.Double[0, 1], Gen.Bool, Gen.Select(Gen.Double[0, 1], Gen.Byte[1, 255]).Array[0, 4]);

        damage.Sample(
            (name, share, truncate, flips) =>
            {
                var bytes = (byte[])originals[name].Clone();
                foreach (var (place, value) in flips)
                {
                    // Squared: headers lie at the start, and damage there goes deepest.
                    bytes[(int)(place * place * (bytes.Length - 1))] ^= value;
                }

                File.WriteAllBytes(_folder.Of("model", name), truncate ? bytes[..(int)(share * bytes.Length)] : bytes);
                try
                {
                    using var model = TextEncoderModel.Load(Model, ComputeDevice.Cpu);
                }
                catch (ModelFormatException)
                {
                }
                finally
                {
                    File.WriteAllBytes(_folder.Of("model", name), originals[name]);
                }
            },
            iter: 500,
            threads: 1);
    }

    private void WriteTinyModel()
    {
        var spiece = SentencePieceModelWriter.Create(["teddy", "bear", "ocean"], [".", ","]);
        var config = new T5Config { VocabSize = 8, DModel = 4, DKv = 3, DFf = 5, NumHeads = 2, NumLayers = 1, DropoutRate = 0 };
        using var generator = new torch.Generator(1);
        using var encoder = new T5Encoder(config, generator);
        ModelFolder.Write(Model, config, encoder, "# tiny", torch.ScalarType.Float32, new Dictionary<string, byte[]>
        {
            ["spiece.model"] = spiece,
            ["tokenizer_config.json"] = """{"do_lower_case":true}"""u8.ToArray(),
        });
    }

    private void AssertRefused(string place, string expected)
    {
        var error = Assert.Throws<ModelFormatException>(() => TextEncoderModel.Load(Model, ComputeDevice.Cpu));

        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
