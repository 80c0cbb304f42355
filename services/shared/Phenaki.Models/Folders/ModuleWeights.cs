using Phenaki.Models.Safetensors;
using TorchSharp;

namespace Phenaki.Models.Folders;

/// <summary>Between a module's parameters and buffers and a checkpoint's tensors, by name.</summary>
internal static class ModuleWeights
{
    private const int NamesInMessage = 4;

    /// <summary>Parameters and buffers by name; they stay the module's.</summary>
    public static IReadOnlyDictionary<string, torch.Tensor> NamedTensors(torch.nn.Module module)
    {
        var tensors = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
        foreach (var (name, parameter) in module.named_parameters())
        {
            tensors[name] = parameter;
        }

        foreach (var (name, buffer) in module.named_buffers())
        {
            tensors[name] = buffer;
        }

        return tensors;
    }

    public static void Load(SafetensorsCheckpoint weights, torch.nn.Module module, torch.Device device, Func<string, string?> moduleName)
    {
        module.to(device);
        var targets = NamedTensors(module);
        var sources = Match(weights, targets, moduleName);

        // In the order of the data, so that the disk is read once from start to end.
        foreach (var (name, fileName) in sources.OrderBy(pair => weights.Tensors[pair.Value].Path, StringComparer.Ordinal).ThenBy(pair => weights.Tensors[pair.Value].Tensors[pair.Value].Offset))
        {
            weights.Tensors[fileName].CopyTo(fileName, targets[name]);
        }
    }

    /// <summary>The file's name of every tensor, by the module's name; refuses what is missing, foreign or mis-shaped.</summary>
    public static IReadOnlyDictionary<string, string> Match(SafetensorsCheckpoint weights, IReadOnlyDictionary<string, torch.Tensor> targets, Func<string, string?> moduleName)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var fileName in weights.Tensors.Keys.Order(StringComparer.Ordinal))
        {
            if (moduleName(fileName) is { } name && !sources.TryAdd(name, fileName))
            {
                CheckSame(weights, sources[name], fileName);
            }
        }

        Refuse(weights, "is missing", "missing", [.. targets.Keys.Where(name => !sources.ContainsKey(name))], targets.Count);
        Refuse(weights, "is not part of this model", "foreign", [.. sources.Where(pair => !targets.ContainsKey(pair.Key)).Select(pair => pair.Value)], weights.Tensors.Count);
        foreach (var (name, fileName) in sources)
        {
            weights.Tensors[fileName].CheckShape(fileName, targets[name].shape);
        }

        return sources;
    }

    // Two names of one tensor, as a checkpoint with tied weights may store them, must agree: else it is unclear which is meant.
    private static void CheckSame(SafetensorsCheckpoint weights, string first, string second)
    {
        var (one, two) = (weights.Tensors[first], weights.Tensors[second]);
        if (!one.Tensors[first].Shape.SequenceEqual(two.Tensors[second].Shape) || !one.ReadFloats(first).AsSpan().SequenceEqual(two.ReadFloats(second)))
        {
            throw new ModelFormatException(two.Path, second, $"is another name of '{first}', but differs from it");
        }
    }

    private static void Refuse(SafetensorsCheckpoint weights, string problem, string kind, string[] names, int total)
    {
        if (names.Length > 0)
        {
            var others = names.Length > 1 ? $"; {names.Length} of {total} are {kind}: {string.Join(", ", names.Take(NamesInMessage).Select(ModelFormatException.Printable))}{(names.Length > NamesInMessage ? ", ..." : "")}" : "";
            throw new ModelFormatException(weights.Path, names[0], problem + others);
        }
    }
}
