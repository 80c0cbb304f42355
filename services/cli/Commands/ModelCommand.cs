using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Inspection;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki model show|verify</c>: looks into model folders.</summary>
internal static class ModelCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create() => new Command("model", "Looks into model folders.")
    {
        Create("show", "Says what a model folder holds.", (card, isJson, _) => isJson ? ModelText.Json(card) : ModelText.Lines(card)),
        Create("verify", "Loads a model folder whole and checks every weight.", (card, isJson, device) =>
        {
            ModelVerification.Run(card.Select(part => part.Folder).ToList(), CommonOptions.ReadDevice(device));
            return isJson ? [new JsonObject { ["verified"] = true }.ToJsonString(JsonSerializerOptions.Default)] : ["All is well."];
        }),
    };

    private static Command Create(string name, string description, Func<IReadOnlyList<ModelCard>, bool, string, IEnumerable<string>> say)
    {
        var folder = new Argument<string?>("folder")
        {
            Description = $"Folder of a model with its three parts, or of one part. Default: the model that ships.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("One line of JSON.");
        var command = new Command(name, description) { folder, json };
        if (name == "verify")
        {
            command.Add(device);
        }

        command.SetAction(async (parsed, _) =>
        {
            var cards = ModelCard.ReadAll(Folders(parsed.GetValue(folder)));
            foreach (var line in say(cards, parsed.GetValue(json), name == "verify" ? parsed.GetRequiredValue(device) : ""))
            {
                await Console.Out.WriteLineAsync(line);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static IReadOnlyList<string> Folders(string? folder) =>
        folder is not null && File.Exists(Path.Combine(folder, "config.json"))
            ? [folder]
            : [.. ModelParts.Find(folder).All.Select(part => part.Folder)];
}
