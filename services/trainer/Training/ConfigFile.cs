using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Phenaki.Trainer.Training;

/// <summary>Reads the trainer's configuration files: snake_case JSON with comments, nothing unknown.</summary>
internal static class ConfigFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        AllowTrailingCommas = true,
        WriteIndented = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="InvalidOperationException">The file is missing, no valid JSON, or holds a key or value that is not allowed; the message says which.</exception>
    public static T Read<T>(string path, Func<T, IEnumerable<string>> violations)
    {
        T config;
        try
        {
            config = JsonSerializer.Deserialize<T>(File.ReadAllText(path), Options)
                ?? throw new InvalidOperationException($"{path} holds no configuration.");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{path}: {exception.Message}", exception);
        }

        string[] wrong = [.. violations(config)];
        return wrong.Length == 0 ? config : throw new InvalidOperationException($"{path}: {string.Join("; ", wrong)}");
    }

    /// <summary>A configuration as text, as it stands in a checkpoint.</summary>
    public static string Write<T>(T config) => JsonSerializer.Serialize(config, Options);

    /// <summary>A text of <see cref="Write"/>, perhaps by an older trainer, as it would be written now: settings that came since have their defaults, by which they change nothing.</summary>
    /// <returns>The text itself where it is no configuration of this kind.</returns>
    public static string Renew<T>(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Options) is { } config ? Write(config) : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    /// <summary>Says in which keys two configurations differ, with both values.</summary>
    /// <param name="name">What leads the keys, such as "model".</param>
    /// <param name="config">The one that is asked for.</param>
    /// <param name="other">The one that is there.</param>
    /// <param name="whose">Whose the other is, for the message.</param>
    /// <param name="free">Keys that may differ.</param>
    public static IEnumerable<string> Differences<T>(string name, T config, T other, string whose, IReadOnlyCollection<string> free)
    {
        var asked = JsonSerializer.SerializeToNode(config, Options)!.AsObject();
        var there = JsonSerializer.SerializeToNode(other, Options)!.AsObject();
        return asked.Where(pair => !free.Contains(pair.Key) && !JsonNode.DeepEquals(pair.Value, there[pair.Key]))
            .Select(pair => $"{name}.{pair.Key} is {pair.Value?.ToJsonString() ?? "null"}, {whose} has {there[pair.Key]?.ToJsonString() ?? "null"}");
    }
}
