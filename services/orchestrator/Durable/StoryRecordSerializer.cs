using System.Text.Json;
using Orleans.Storage;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Writes records as plain JSON, which names no type of this program: what one release wrote the next can read.</summary>
internal sealed class StoryRecordSerializer : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input)!;
}
