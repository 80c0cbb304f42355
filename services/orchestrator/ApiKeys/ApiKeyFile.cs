using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>The file of keys: <c>{"keys": [{"id": "film-club", "sha256": "...", "concurrent_stories": 2}]}</c>.</summary>
public sealed record ApiKeyFile
{
    /// <summary>Most keys of a file: 10,000.</summary>
    public const int MaxKeys = 10_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
    };

    /// <summary>The keys, each with an id of its own.</summary>
    public required IReadOnlyList<ApiKeyEntry> Keys { get; init; }

    /// <summary>Reads a file; what is wrong is told by the number and the id of the key.</summary>
    /// <exception cref="InvalidDataException">It is no JSON of this form, or a value is not allowed.</exception>
    public static ApiKeyFile Parse(ReadOnlySpan<byte> json)
    {
        ApiKeyFile file;
        try
        {
            file = JsonSerializer.Deserialize<ApiKeyFile>(json, Json) ?? throw new InvalidDataException("The file of keys holds no object with \"keys\".");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"The file of keys is not as it should be: {failure.Message}", failure);
        }

        if (file.Keys is null || file.Keys.Count > MaxKeys)
        {
            throw new InvalidDataException($"The file of keys has {file.Keys?.Count.ToString(CultureInfo.InvariantCulture) ?? "no"} keys; allowed are up to {MaxKeys}.");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < file.Keys.Count; i++)
        {
            if (Problem(file.Keys[i], ids) is { } problem)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"keys[{i}] of the file of keys: {problem}"));
            }
        }

        return file;
    }

    /// <summary>The file as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>One key as it stands in the file.</summary>
    public static string ToJson(ApiKeyEntry entry) => JsonSerializer.Serialize(entry, Json);

    /// <summary>What is wrong with a key; null when nothing is.</summary>
    public static string? Problem(ApiKeyEntry? entry) => Problem(entry, []);

    private static string? Problem(ApiKeyEntry? entry, HashSet<string> ids) => entry switch
    {
        null => "is null",
        _ when !ApiKey.IsId(entry.Id) => $"id is '{entry.Id}'; allowed are 1 to 64 of a-z, 0-9 and -.",
        _ when !ids.Add(entry.Id) => $"id '{entry.Id}' is there twice.",
        { Sha256: null } or { Sha256.Length: not 64 } => $"sha256 of '{entry.Id}' must have 64 hexadecimal digits.",
        _ when !entry.Sha256.All(char.IsAsciiHexDigit) => $"sha256 of '{entry.Id}' must have 64 hexadecimal digits.",
        { Name: null } or { Name.Length: > 200 } => $"name of '{entry.Id}' must have up to 200 characters.",
        _ => Range(entry.Id, "requests_per_minute", entry.RequestsPerMinute, 1_000_000)
            ?? Range(entry.Id, "burst", entry.Burst, 1_000_000)
            ?? Range(entry.Id, "concurrent_stories", entry.ConcurrentStories, 10_000)
            ?? (entry.Burst is not null && entry.RequestsPerMinute is null ? $"burst of '{entry.Id}' needs requests_per_minute." : null),
    };

    private static string? Range(string id, string field, int? value, int most) => value is null || (value >= 1 && value <= most)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{field} of '{id}' is {value}; allowed are 1 to {most}.");
}
