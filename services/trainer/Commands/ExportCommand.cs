using System.CommandLine;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train export</c>: writes the model of a run's checkpoint again, in any type, without training.</summary>
internal static class ExportCommand
{
    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["float32"] = ScalarType.Float32,
        ["float16"] = ScalarType.Float16,
        ["bfloat16"] = ScalarType.BFloat16,
    };

    private static readonly Option<string> Storage = new Option<string>("--storage")
    {
        Description = "Type of the stored numbers: float32, float16 or bfloat16.",
        DefaultValueFactory = _ => "bfloat16",
    }.AcceptOnlyFromAmong([.. Types.Keys]);

    public static Command Create() => new("export", "Writes the model of a run's checkpoint into a folder that the services load.")
    {
        Create("tokenizer", "Folder of the video tokenizer.", TokenizerCommand.RunAsync),
        Create("transformer", "Model folder with the video-tokenizer of the training; text-encoder and masked-transformer are written.", TransformerCommand.RunAsync),
    };

    private static Command Create(string name, string output, Func<TrainingArguments, CancellationToken, Task<int>> run)
    {
        var options = new TrainingOptions(output);
        var command = options.Command(
            name, $"Writes the model of a {name}'s run.", "The model that the run began with, if any.",
            (arguments, parsed, cancellationToken) => run(arguments with { ExportOnly = true, Storage = Types[parsed.GetRequiredValue(Storage)] }, cancellationToken));
        command.Options.Add(Storage);
        return command;
    }
}
