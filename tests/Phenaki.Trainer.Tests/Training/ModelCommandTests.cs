using Phenaki.Models.Folders;
using Phenaki.Testing;
using Phenaki.Trainer.Commands;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class ModelCommandTests
{
    [Fact(Timeout = 300_000)]
    public async Task Model_Recipe_MakesAllPartsAndDoesNothingTwice()
    {
        using var folder = new TemporaryFolder();
        string recipe = WriteRecipe(folder.Path, ConfigFile.Write(TinyTraining.Tokenizer with { Steps = 4 }), ConfigFile.Write(TinyTraining.Transformer with { Steps = 2 }));
        string[] arguments = ["--config", recipe, "--run", Path.Combine(folder.Path, "run"), "--output", Path.Combine(folder.Path, "model"), "--device", "cpu"];
        Assert.Equal(0, await ClearErrors.ReportAsync(ModelCommand.Create().Parse(arguments)));
        string[] parts = [.. new[] { "video-tokenizer", "text-encoder", "masked-transformer" }.Select(part => Path.Combine(folder.Path, "model", part, "model.safetensors"))];
        byte[][] made = [.. parts.Select(File.ReadAllBytes)];

        Assert.Equal(0, await ClearErrors.ReportAsync(ModelCommand.Create().Parse(arguments)));
        Assert.Equal(made, parts.Select(File.ReadAllBytes));
        Assert.Equal(5, File.ReadLines(Path.Combine(folder.Path, "run", "tokenizer", "loss.csv")).Count());
    }

    [Fact(Timeout = 300_000)]
    public async Task Model_RecipeWithLayers_EachTrainingBeginsWithTheOneBeforeAndTheFirstTeaches()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = TinyTraining.Tokenizer with { Model = TinyTraining.Tokenizer.Model with { PatchHeight = 8, PatchWidth = 8 }, Steps = 4 };
        var layers = new LayersConfig();
        var transformer = TinyTraining.Transformer with { Model = TinyTraining.Transformer.Model with { Rows = 8, Columns = 8 }, Steps = 2, Layers = layers with { Own = 0.5 } };
        WriteRecipe(folder.Path, ConfigFile.Write(tokenizer), ConfigFile.Write(transformer));
        string recipe = Path.Combine(folder.Path, "layers.json");
        await File.WriteAllTextAsync(recipe, """{ "tokenizer": "a.json", "layers": ["c.json", "d.json"], "transformer": "b.json" }""", TestContext.Current.CancellationToken);
        foreach (var (name, isDecoder) in new[] { ("c", false), ("d", true) })
        {
            var config = tokenizer with { UnquantisedSteps = 0, Steps = 2, Layers = layers, DecoderOnly = isDecoder };
            await File.WriteAllTextAsync(Path.Combine(folder.Path, name + ".json"), ConfigFile.Write(config), TestContext.Current.CancellationToken);
        }

        string run = Path.Combine(folder.Path, "run"), model = Path.Combine(folder.Path, "model");
        string[] arguments = ["--config", recipe, "--run", run, "--output", model, "--device", "cpu"];
        Assert.Equal(0, await ClearErrors.ReportAsync(ModelCommand.Create().Parse(arguments)));
        float[][] Weights(string name) => [.. new[] { "run/video-tokenizer-0", "run/video-tokenizer-1", "model/video-tokenizer" }.Select(made =>
        {
            using var files = ModelFolder.Open(Path.Combine(folder.Path, made));
            return files.Weights.Tensors[name].ReadFloats(name);
        })];
        var (encoder, decoder) = (Weights("to_code.weight"), Weights("from_code.weight"));
        Assert.NotEqual(encoder[0], encoder[1]);
        Assert.Equal(encoder[1], encoder[2]);
        Assert.Equal(decoder[0], decoder[1]);
        Assert.NotEqual(decoder[1], decoder[2]);
        Assert.True(File.Exists(Path.Combine(model, "masked-transformer", "model.safetensors")));

        // A run that goes on has the same teacher, wherever it lies now.
        Assert.Equal(0, await ClearErrors.ReportAsync(ModelCommand.Create().Parse(arguments)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Model_RecipeNamesNoFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string recipe = Path.Combine(folder.Path, "recipe.json");
        await File.WriteAllTextAsync(recipe, """{ "tokenizer": "", "transformer": "t.json" }""", TestContext.Current.CancellationToken);
        string[] arguments = ["--config", recipe, "--run", folder.Path, "--output", folder.Path];
        Assert.Equal(1, await ClearErrors.ReportAsync(ModelCommand.Create().Parse(arguments)));
    }

    [Theory]
    [InlineData("storyworld.json", 2)]
    [InlineData("animations.json", 0)]
    public void Recipe_OfTheRepository_NamesSettingsThatGoTogether(string name, int layers)
    {
        string path = Path.Combine(RepositoryFiles.Root, "services", "trainer", "configs", name);
        var recipe = ConfigFile.Read<ModelRecipe>(path, r => r.Violations()).SeenFrom(path);
        var first = ConfigFile.Read<TokenizerTrainingConfig>(recipe.Tokenizer, c => c.Violations());
        var transformer = ConfigFile.Read<TransformerTrainingConfig>(recipe.Transformer, c => c.Violations());
        Assert.Equal(layers, recipe.Layers.Count);
        Assert.Equal(layers > 0, transformer.Layers is not null);
        Assert.Empty(transformer.Mismatches(first.Model));
        foreach (string file in recipe.Layers)
        {
            var config = ConfigFile.Read<TokenizerTrainingConfig>(file, c => c.Violations());
            Assert.NotNull(config.Layers);
            Assert.Equal(ConfigFile.Write(first.Model), ConfigFile.Write(config.Model));
        }
    }

    private static string WriteRecipe(string folder, string tokenizer, string transformer)
    {
        File.WriteAllText(Path.Combine(folder, "a.json"), tokenizer);
        File.WriteAllText(Path.Combine(folder, "b.json"), transformer);
        string recipe = Path.Combine(folder, "recipe.json");
        File.WriteAllText(recipe, """{ "tokenizer": "a.json", "transformer": "b.json" }""");
        return recipe;
    }
}
