using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Phenaki.Models.Folders;

/// <summary>How config.json is read and written: snake_case names, enumerations as snake_case text, nothing unknown, nothing twice.</summary>
internal static class ConfigJson
{
    public const string ModelTypeKey = "model_type";
    public const string NameKey = "name";
    public const string VersionKey = "version";

    // Keys of every model folder: a configuration type may leave them out.
    private static readonly string[] FolderKeys = [ModelTypeKey, NameKey, VersionKey];

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        MaxDepth = 32,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private static readonly JsonSerializerOptions Lenient = new(Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    public static JsonObject ParseObject(string file, byte[] bytes)
    {
        try
        {
            var json = JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false }) as JsonObject
                ?? throw new ModelFormatException(file, null, "must hold one JSON object");

            // Keys are decoded when first looked at: here, where keys that are no text are answered for.
            _ = json.Count;
            return json;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new ModelFormatException(file, null, $"is no valid JSON: {exception.Message}", exception);
        }
    }

    public static string? ReadText(string file, JsonObject json, string key)
    {
        try
        {
            return json.TryGetPropertyValue(key, out var node) && node is not null
                ? node is JsonValue value && value.TryGetValue<string>(out var text)
                    ? text
                    : throw new ModelFormatException(file, null, $"{key} must be text, found {node.ToJsonString()}")
                : null;
        }
        catch (InvalidOperationException exception)
        {
            throw new ModelFormatException(file, null, $"{key} is no valid text: {exception.Message}", exception);
        }
    }

    public static T Read<T>(string file, JsonObject json, bool allowUnknownKeys)
        where T : class
    {
        var options = allowUnknownKeys ? Lenient : Options;
        var known = options.GetTypeInfo(typeof(T)).Properties.Select(property => property.Name).ToArray();
        var stripped = (JsonObject)json.DeepClone();
        foreach (var key in FolderKeys.Except(known))
        {
            stripped.Remove(key);
        }

        if (!allowUnknownKeys && stripped.FirstOrDefault(pair => !known.Contains(pair.Key)).Key is { } unknown)
        {
            throw new ModelFormatException(file, null, $"unknown key '{ModelFormatException.Printable(unknown)}'; allowed: {string.Join(", ", FolderKeys.Union(known))}");
        }

        try
        {
            return stripped.Deserialize<T>(options) ?? throw new ModelFormatException(file, null, "must hold one JSON object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(file, null, exception.Message, exception);
        }
        catch (ArgumentException exception)
        {
            // A configuration type's own check.
            throw new ModelFormatException(file, null, exception.Message, exception);
        }
    }

    public static byte[] Write(object config)
    {
        var json = JsonSerializer.SerializeToNode(config, config.GetType(), Options) as JsonObject
            ?? throw new ArgumentException("A configuration must be an object.", nameof(config));
        return json[ModelTypeKey] is JsonValue
            ? JsonSerializer.SerializeToUtf8Bytes(json, Options)
            : throw new ArgumentException($"A configuration must have the key {ModelTypeKey}.", nameof(config));
    }
}
