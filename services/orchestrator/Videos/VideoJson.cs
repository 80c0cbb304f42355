using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phenaki.Orchestrator.Videos;

/// <summary>JSON as OpenAI's API has it.</summary>
internal static class VideoJson
{
    private const int MaxDepth = 8;

    /// <summary>Names in snake_case; numbers may be text, as they are in forms; what is not known is refused.</summary>
    public static JsonSerializerOptions Options { get; } = Apply(new());

    /// <summary>Sets options so.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.AllowReadingFromString;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = MaxDepth;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        return options;
    }
}
