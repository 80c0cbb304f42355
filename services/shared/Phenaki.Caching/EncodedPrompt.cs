namespace Phenaki.Caching;

/// <summary>A prompt as the text encoder gave it.</summary>
/// <param name="DataType"><see cref="CacheDataType.Float32"/> or <see cref="CacheDataType.BFloat16"/>.</param>
/// <param name="Tokens">Rows of the embedding, at least 1.</param>
/// <param name="Width">Numbers in a row, at least 1.</param>
/// <param name="Embedding">Little-endian, row-major, as on the wire.</param>
/// <param name="TokenIds">Token ids, one a row.</param>
/// <param name="UnknownWords">Words that the model has never seen in training.</param>
/// <param name="Truncated">True when the end of the prompt was cut off.</param>
public sealed record EncodedPrompt(
    CacheDataType DataType,
    int Tokens,
    int Width,
    ReadOnlyMemory<byte> Embedding,
    IReadOnlyList<int> TokenIds,
    IReadOnlyList<string> UnknownWords,
    bool Truncated);
