using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Phenaki.Cli.Inspection;

/// <summary>What is said about model folders.</summary>
internal static class ModelText
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Default) { WriteIndented = true };

    /// <summary>For people.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<ModelCard> cards) => cards.SelectMany(card => new[]
    {
        $"{card.Folder}",
        $"  {card.Type} {card.Name} {card.Version}".TrimEnd(),
        string.Create(CultureInfo.InvariantCulture, $"  {card.Parameters:N0} parameters in {card.Tensors} tensors"),
        $"  fingerprint {card.Fingerprint}",
        $"  {card.Config.ToJsonString(Indented).ReplaceLineEndings("\n  ")}",
    });

    /// <summary>For programs: one line for each folder.</summary>
    public static IEnumerable<string> Json(IReadOnlyList<ModelCard> cards) => cards.Select(card => new JsonObject
    {
        ["folder"] = card.Folder,
        ["type"] = card.Type,
        ["name"] = card.Name,
        ["version"] = card.Version,
        ["fingerprint"] = card.Fingerprint,
        ["tensors"] = card.Tensors,
        ["parameters"] = card.Parameters,
        ["config"] = card.Config.DeepClone(),
    }.ToJsonString(JsonSerializerOptions.Default));
}
