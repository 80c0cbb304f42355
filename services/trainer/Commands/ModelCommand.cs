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
        await TokenizerCommand.RunAsync(
            arguments with
            {
                Config = recipe.Tokenizer,
                Run = Path.Combine(arguments.Run, "tokenizer"),
                Output = new ModelParts(arguments.Output).VideoTokenizer,
            },
            cancellationToken).ConfigureAwait(false);

        // A training that is stopped saves and ends as if all were well; its tokens are not the ones to learn.
        cancellationToken.ThrowIfCancellationRequested();
        return await TransformerCommand.RunAsync(
            arguments with { Config = recipe.Transformer, Run = Path.Combine(arguments.Run, "transformer") },
            cancellationToken).ConfigureAwait(false);
    }
}
