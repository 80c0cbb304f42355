using System.CommandLine;
using System.Text.Json;
using Phenaki.Models;
using Phenaki.Trainer.Evaluation;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train evaluate</c>: measures a model on clips that were never in training.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "Model folder with all three parts.", Required = true };
        var clips = new Option<int>("--clips") { Description = "Clips to measure on, 16 to 100000.", DefaultValueFactory = _ => 256 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the clips; training used 1.", DefaultValueFactory = _ => 1_000_003 };
        var device = new Option<string>("--device") { Description = "cpu, cuda, cuda:N or auto.", DefaultValueFactory = _ => "auto" };
        var command = new Command("evaluate", "Measures a model on fresh clips; prints one JSON line.") { model, clips, seed, device };
        command.SetAction(parsed =>
        {
            TorchRuntime.EnsureLoaded();
            var figures = ModelEvaluation.Measure(
                new ModelParts(parsed.GetRequiredValue(model)), Math.Clamp(parsed.GetValue(clips), 16, 100_000), parsed.GetValue(seed), ComputeDevice.Parse(parsed.GetRequiredValue(device)));
            Console.Out.WriteLine(JsonSerializer.Serialize(figures, Json));
        });
        return command;
    }
}
