using System.CommandLine;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train mean</c>: one model from several that began with the same.</summary>
internal static class MeanCommand
{
    public static Command Create()
    {
        var models = new Option<string[]>("--models")
        {
            Description = "Two or more model folders: all of the same sizes and words, on the codes of the same video tokenizer.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("--output") { Description = "Model folder: text-encoder and masked-transformer are written.", Required = true };
        var command = new Command("mean", "Writes the mean of the weights of models that began with the same.") { models, output };
        models.Validators.Add(result =>
        {
            if (result.Tokens.Count < 2)
            {
                result.AddError($"--models names {result.Tokens.Count} folder; a mean needs two or more.");
            }
        });
        command.SetAction(parsed => ModelMean.Write([.. parsed.GetRequiredValue(models).Select(folder => new ModelParts(folder))], new ModelParts(parsed.GetRequiredValue(output))));
        return command;
    }
}
