using System.Text.Json.Nodes;
using Phenaki.Models.Folders;

namespace Phenaki.Cli.Inspection;

/// <summary>What a model folder holds, without its weights.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Version of the model; may be empty.</param>
/// <param name="Type">Kind of model, as in "c-vivit".</param>
/// <param name="Fingerprint">SHA-256 of configuration and weights.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Parameters">Numbers in them.</param>
/// <param name="Config">The configuration.</param>
internal sealed record ModelCard(
    string Folder, string Name, string Version, string Type, string Fingerprint, int Tensors, long Parameters, JsonNode Config)
{
    /// <summary>Reads folders of models.</summary>
    /// <exception cref="ModelFormatException">A folder is missing or damaged.</exception>
    public static IReadOnlyList<ModelCard> ReadAll(IReadOnlyList<string> folders) => [.. folders.Select(Read)];

    private static ModelCard Read(string path)
    {
        using var folder = ModelFolder.Open(path);
        return new(
            path,
            folder.Name,
            folder.Version,
            folder.ModelType,
            folder.Fingerprint,
            folder.Weights.Tensors.Count,
            folder.Weights.Tensors.Sum(tensor => tensor.Value.Tensors[tensor.Key].ElementCount),
            JsonNode.Parse(File.ReadAllBytes(Path.Combine(path, ModelFolder.ConfigFileName)))!);
    }
}
