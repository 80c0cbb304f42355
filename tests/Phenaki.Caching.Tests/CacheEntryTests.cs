using CsCheck;

namespace Phenaki.Caching.Tests;

public sealed class CacheEntryTests
{
    private static readonly CacheKey Clip = new(new byte[CacheKey.Length]);

    [Theory]
    [InlineData(4096)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(10_000_000)]
    public void Tokens_AnyInTheCodebook_RoundTrip(int codebook) =>
        Gen.Int[0, codebook - 1].Array[24].Sample(tokens =>
            Read(TokensEntry.OfClip(Clip, 2, 3, 4, codebook), TokensEntry.OfClip(Clip, 2, 3, 4, codebook), tokens, out int[]? read) is null
            && read!.SequenceEqual(tokens));

    [Fact]
    public void Tokens_OutsideTheCodebookOnReading_IsContent() =>
        Assert.Equal(
            CacheMissReason.Content,
            Read(TokensEntry.OfClip(Clip, 1, 1, 2, 4096), TokensEntry.OfClip(Clip, 1, 1, 2, 4095), [0, 4095], out _));

    [Fact]
    public void Tokens_OtherGrid_IsShape() =>
        Assert.Equal(
            CacheMissReason.Shape,
            Read(TokensEntry.OfClip(Clip, 1, 1, 2, 4096), TokensEntry.OfClip(Clip, 1, 2, 1, 4096), [0, 1], out _));

    [Fact]
    public void Tokens_OtherWidthOfNumbers_IsDataType() =>
        Assert.Equal(
            CacheMissReason.DataType,
            Read(TokensEntry.OfClip(Clip, 1, 1, 2, 4096), TokensEntry.OfClip(Clip, 1, 1, 2, 1 << 20), [0, 1], out _));

    [Theory]
    [InlineData(new[] { 0 }, "1 tokens")]
    [InlineData(new[] { 0, 4096 }, "Token 4096 at 1")]
    [InlineData(new[] { -1, 0 }, "Token -1 at 0")]
    public void Tokens_ThatDoNotBelong_AreNotStored(int[] tokens, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => TokensEntry.OfPrefix(Clip, 1, 1, 2, 4096).ToStored(tokens));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_OfAClipsThreeValues_Differ() =>
        Assert.Equal(
            3,
            new[] { TokensEntry.OfClip(Clip, 1, 1, 1, 2).Key, TokensEntry.OfPrefix(Clip, 1, 1, 1, 2).Key, new FramesEntry(Clip, 1, 1, 1).Key }
                .Distinct().Count());

    [Fact]
    public void Frames_Any_RoundTrip() =>
        Gen.Byte.Array[2 * 3 * 3].Array[1, 4].Sample(frames =>
        {
            var entry = new FramesEntry(Clip, frames.Length, 2, 3);
            return Read(entry, entry, [.. frames.Select(frame => (ReadOnlyMemory<byte>)frame)], out var read) is null
                && read!.Count == frames.Length
                && read.Zip(frames).All(pair => pair.First.Span.SequenceEqual(pair.Second));
        });

    [Fact]
    public void Frames_OtherSizeOrNumber_IsShape()
    {
        IReadOnlyList<ReadOnlyMemory<byte>> frames = [new byte[18]];
        Assert.Equal(CacheMissReason.Shape, Read(new FramesEntry(Clip, 1, 2, 3), new FramesEntry(Clip, 1, 3, 2), frames, out _));
        Assert.Throws<ArgumentException>(() => new FramesEntry(Clip, 2, 2, 3).ToStored(frames));
        Assert.Throws<ArgumentException>(() => new FramesEntry(Clip, 1, 2, 2).ToStored(frames));
    }

    [Fact]
    public void Prompt_Any_RoundTrips() =>
        Gen.Select(Gen.Int[0, 40_000].Array[1, 8], Gen.String.Array[0, 3], Gen.Bool).Sample((ids, unknown, truncated) =>
        {
            // JSON, as UTF-8 itself, has no form for broken surrogates; words come from normalised prompts.
            unknown = [.. unknown.Select(PromptText.Normalise)];
            var entry = new PromptEntry(Clip, CacheDataType.Float32, 3, 8);
            var prompt = new EncodedPrompt(CacheDataType.Float32, ids.Length, 3, new byte[ids.Length * 12], ids, unknown, truncated);
            return Read(entry, entry, prompt, out EncodedPrompt? read) is null
                && read!.TokenIds.SequenceEqual(ids) && read.UnknownWords.SequenceEqual(unknown) && read.Truncated == truncated
                && read.Embedding.Span.SequenceEqual(prompt.Embedding.Span);
        });

    [Fact]
    public void Prompt_OtherWidthTypeOrTooLong_IsAMiss()
    {
        var prompt = new EncodedPrompt(CacheDataType.Float32, 2, 3, new byte[24], [5, 1], [], false);
        var entry = new PromptEntry(Clip, CacheDataType.Float32, 3, 8);
        Assert.Equal(CacheMissReason.Shape, Read(entry, new PromptEntry(Clip, CacheDataType.Float32, 2, 8), prompt, out _));
        Assert.Equal(CacheMissReason.Shape, Read(entry, new PromptEntry(Clip, CacheDataType.Float32, 3, 1), prompt, out _));
        Assert.Equal(CacheMissReason.DataType, Read(entry, new PromptEntry(Clip, CacheDataType.BFloat16, 3, 8), prompt, out _));
        Assert.Throws<ArgumentException>(() => entry.ToStored(prompt with { TokenIds = [5] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"ids":[1],"unknown":[],"truncated":false}""")]
    [InlineData("""{"ids":null,"unknown":[],"truncated":false}""")]
    [InlineData("""{"ids":"x","unknown":[],"truncated":false}""")]
    public void Prompt_NotesThatDoNotFit_AreContent(string notes)
    {
        var stored = new CacheValue(CacheDataType.Float32, [2, 3], Clip, new byte[24], System.Text.Encoding.UTF8.GetBytes(notes));
        Assert.Equal(
            CacheMissReason.Content, new PromptEntry(Clip, CacheDataType.Float32, 3, 8).FromStored(stored, out EncodedPrompt? prompt));
        Assert.Null(prompt);
    }

    private static CacheMissReason? Read<T>(CacheEntry<T> writer, CacheEntry<T> reader, T value, out T? read)
    {
        Assert.Null(CacheValue.TryDecode(writer.ToStored(value).Encode(), out CacheValue? stored));
        return reader.FromStored(stored!, out read);
    }
}
