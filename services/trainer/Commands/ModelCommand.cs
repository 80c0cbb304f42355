using System.CommandLine;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train model</c>: makes a whole model from nothing, its video tokenizer first.</summary>
internal static class ModelCommand
{
    public static Command Create() =>
        new TrainingOptions("Model folder: video-tokenizer, text-encoder and masked-transformer are written into it.")
            .Command("model", "Trains a video tokenizer, then a masked transformer and its text encoder on its tokens.", RunAsync);

    private static async Task<int> RunAsync(TrainingArguments arguments, CancellationToken cancellationToken)
    {
        var recipe = ConfigFile.Read<ModelRecipe>(arguments.Config, r => r.Violations()).SeenFrom(arguments.Config);
        string tokenizer = new ModelParts(arguments.Output).VideoTokenizer;
        string InRun(string name) => Path.Combine(arguments.Run, name);
        string[] made = [.. Enumerable.Range(0, recipe.Layers.Count).Select(i => InRun($"video-tokenizer-{i}")), tokenizer];
        string? teacher = recipe.Layers.Count == 0 ? null : made[0];
        for (int i = 0; i < made.Length; i++)
        {
            var training = i == 0
                ? arguments with { Config = recipe.Tokenizer, Run = InRun("tokenizer"), Output = made[0] }
                : arguments with { Config = recipe.Layers[i - 1], Run = InRun($"layers-{i}"), Output = made[i], From = made[i - 1], Teacher = teacher };
            await TokenizerCommand.RunAsync(training, cancellationToken).ConfigureAwait(false);

            // A training that is stopped saves and ends as if all were well; its tokens are not the ones to learn.
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await TransformerCommand.RunAsync(
            arguments with { Config = recipe.Transformer, Run = InRun("transformer"), Teacher = teacher }, cancellationToken).ConfigureAwait(false);
    }
}
