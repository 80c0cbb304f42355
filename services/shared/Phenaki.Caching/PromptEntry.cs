using System.Text.Json;

namespace Phenaki.Caching;

/// <summary>The embedding of a prompt.</summary>
public sealed class PromptEntry : CacheEntry<EncodedPrompt>
{
    private readonly CacheDataType dataType;
    private readonly int width;
    private readonly int maxTokens;

    /// <summary>Names an embedding.</summary>
    /// <param name="key"><see cref="StoryKeys.Prompt"/>.</param>
    /// <param name="dataType">Element type.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="maxTokens">Most rows.</param>
    public PromptEntry(CacheKey key, CacheDataType dataType, int width, int maxTokens)
        : base(key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        this.dataType = dataType;
        this.width = width;
        this.maxTokens = maxTokens;
    }

    /// <inheritdoc/>
    public override string Kind => "prompt";

    internal override CacheValue ToStored(EncodedPrompt value)
    {
        if (value.DataType != dataType || value.Width != width || value.Tokens < 1 || value.Tokens > maxTokens
            || value.TokenIds.Count != value.Tokens)
        {
            throw new ArgumentException(
                $"An embedding of {value.Tokens} rows of {value.Width} {value.DataType} with {value.TokenIds.Count} token ids was to be "
                + $"stored where up to {maxTokens} rows of {width} {dataType} are allowed.");
        }

        byte[] notes = JsonSerializer.SerializeToUtf8Bytes(
            new PromptNotes(value.TokenIds, value.UnknownWords, value.Truncated), PromptNotesJson.Default.PromptNotes);
        return new CacheValue(dataType, [value.Tokens, width], Key, value.Embedding, notes);
    }

    internal override CacheMissReason? FromStored(CacheValue stored, out EncodedPrompt? value)
    {
        value = null;
        if (stored.DataType != dataType)
        {
            return CacheMissReason.DataType;
        }

        if (stored.Shape.Count != 2 || stored.Shape[0] < 1 || stored.Shape[0] > maxTokens || stored.Shape[1] != width)
        {
            return CacheMissReason.Shape;
        }

        PromptNotes? notes;
        try
        {
            notes = JsonSerializer.Deserialize(stored.Notes.Span, PromptNotesJson.Default.PromptNotes);
        }
        catch (JsonException)
        {
            return CacheMissReason.Content;
        }

        if (notes is not { TokenIds: not null, UnknownWords: not null } || notes.TokenIds.Count != stored.Shape[0])
        {
            return CacheMissReason.Content;
        }

        value = new EncodedPrompt(
            dataType, stored.Shape[0], width, stored.Payload, notes.TokenIds, notes.UnknownWords, notes.Truncated);
        return null;
    }
}
