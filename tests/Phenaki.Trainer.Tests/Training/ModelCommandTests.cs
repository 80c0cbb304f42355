using Phenaki.Testing;
using Phenaki.Trainer.Commands;
using Phenaki.Trainer.Training;

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

    [Fact(Timeout = 60_000)]
    public async Task Model_RecipeNamesNoFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string recipe = Path.Combine(folder.Path, "recipe.json");
        await File.WriteAllTextAsync(recipe, """{ "tokenizer": "", "transformer": "t.json" }""", TestContext.Current.CancellationToken);
        string[] arguments = ["--config", recipe, "--run", folder.Path, "--output", folder.Path];
        Assert.Equal(1, await ClearErrors.ReportAsync(ModelCommand.Create().Parse(arguments)));
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
