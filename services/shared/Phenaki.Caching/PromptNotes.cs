using System.Text.Json.Serialization;

namespace Phenaki.Caching;

/// <summary>What goes with a stored embedding. The names are part of the stored format.</summary>
internal sealed record PromptNotes(
    [property: JsonPropertyName("ids"), JsonRequired] IReadOnlyList<int> TokenIds,
    [property: JsonPropertyName("unknown"), JsonRequired] IReadOnlyList<string> UnknownWords,
    [property: JsonPropertyName("truncated"), JsonRequired] bool Truncated);

[JsonSerializable(typeof(PromptNotes))]
internal sealed partial class PromptNotesJson : JsonSerializerContext;
