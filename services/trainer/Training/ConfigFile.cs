using System.Text.Json;
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
}
