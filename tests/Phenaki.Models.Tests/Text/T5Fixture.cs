using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Phenaki.Models.Safetensors;
using Phenaki.Testing;
using TorchSharp;

namespace Phenaki.Models.Tests.Text;

/// <summary>The fixture t5-tiny-gated, and copies of it in other layouts.</summary>
internal static class T5Fixture
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Folder { get; } = RepositoryFiles.Fixture("t5-tiny-gated");

    public static IReadOnlyList<Case> Cases { get; } =
        JsonSerializer.Deserialize<Case[]>(File.ReadAllText(Path.Combine(Folder, "cases.json")), SnakeCase)!;

    /// <summary>Config and tokenizer without weights, the config changed where asked for.</summary>
    public static void CopyWithoutWeights(string target, Action<JsonObject>? change = null)
    {
        Directory.CreateDirectory(target);
        File.Copy(Path.Combine(Folder, "spiece.model"), Path.Combine(target, "spiece.model"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "config.json")))!.AsObject();
        change?.Invoke(config);
        File.WriteAllText(Path.Combine(target, "config.json"), config.ToJsonString());
    }

    /// <summary>A copy whose weights pass through a function: stored in another type, under other names, with more tensors.</summary>
    public static void Copy(string target, Func<Dictionary<string, torch.Tensor>, IEnumerable<WritableTensor>> weights, Action<JsonObject>? change = null)
    {
        CopyWithoutWeights(target, change);
        WithWeights(tensors => SafetensorsWriter.Write(Path.Combine(target, "model.safetensors"), weights(tensors)));
    }

    /// <summary>A copy with two shards and an index.</summary>
    public static void CopySharded(string target)
    {
        CopyWithoutWeights(target);
        WithWeights(tensors =>
        {
            var map = new JsonObject();
            foreach (var shard in tensors.Index().GroupBy(pair => $"model-0000{(pair.Index % 2) + 1}-of-00002.safetensors"))
            {
                SafetensorsWriter.Write(Path.Combine(target, shard.Key), shard.Select(pair => WritableTensor.From(pair.Item.Key, pair.Item.Value)));
                foreach (var (_, (name, _)) in shard)
                {
                    map.Add(name, shard.Key);
                }
            }

            File.WriteAllText(
                Path.Combine(target, "model.safetensors.index.json"),
                new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1550592 }, ["weight_map"] = map }.ToJsonString());
        });
    }

    private static void WithWeights(Action<Dictionary<string, torch.Tensor>> use)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(Folder, "model.safetensors"));
        use(file.Tensors.Keys.ToDictionary(name => name, file.ReadTensor));
    }

    internal sealed record Case(string Text, int[] Ids, [property: JsonPropertyName("embedding_first_8")] float[][] EmbeddingFirst8, float[] RowNorms);
}
