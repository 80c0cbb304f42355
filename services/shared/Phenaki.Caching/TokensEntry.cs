using System.Buffers.Binary;

namespace Phenaki.Caching;

/// <summary>Video tokens of whole latent frames, [latent frames, rows, columns] row-major; stored in 16 bits where the codebook allows.</summary>
public sealed class TokensEntry : CacheEntry<int[]>
{
    private readonly int[] shape;
    private readonly int codebookSize;
    private readonly bool wide;

    private TokensEntry(CacheKey key, string kind, int latentFrames, int rows, int columns, int codebookSize)
        : base(key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentFrames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(codebookSize, 1);
        Kind = kind;
        shape = [latentFrames, rows, columns];
        this.codebookSize = codebookSize;
        wide = codebookSize > 1 + ushort.MaxValue;
    }

    /// <inheritdoc/>
    public override string Kind { get; }

    /// <summary>Tokens of the entry.</summary>
    public int Count => checked(shape[0] * shape[1] * shape[2]);

    private int TokenBytes => wide ? sizeof(uint) : sizeof(ushort);

    private CacheDataType DataType => wide ? CacheDataType.UInt32 : CacheDataType.UInt16;

    /// <summary>The tokens of a clip, prefix included.</summary>
    /// <param name="clip"><see cref="StoryKeys.Clip"/>.</param>
    /// <param name="latentFrames">Latent frames.</param>
    /// <param name="rows">Token rows.</param>
    /// <param name="columns">Token columns.</param>
    /// <param name="codebookSize">Number of codes; every token is below it.</param>
    public static TokensEntry OfClip(CacheKey clip, int latentFrames, int rows, int columns, int codebookSize) =>
        new(StoryKeys.Tokens(clip), "tokens", latentFrames, rows, columns, codebookSize);

    /// <summary>The tokens of a clip's last K frames encoded again: what the next clip starts with.</summary>
    /// <param name="clip"><see cref="StoryKeys.Clip"/> of the clip that ends with the frames, or <see cref="StoryKeys.OpeningFrames"/>.</param>
    /// <param name="latentFrames">Latent frames of the prefix.</param>
    /// <param name="rows">Token rows.</param>
    /// <param name="columns">Token columns.</param>
    /// <param name="codebookSize">Number of codes; every token is below it.</param>
    public static TokensEntry OfPrefix(CacheKey clip, int latentFrames, int rows, int columns, int codebookSize) =>
        new(StoryKeys.Prefix(clip), "prefix", latentFrames, rows, columns, codebookSize);

    internal override CacheValue ToStored(int[] value)
    {
        if (value.Length != Count)
        {
            throw new ArgumentException($"{value.Length} tokens were to be stored where the grid has {Count}.");
        }

        byte[] payload = new byte[Count * TokenBytes];
        for (int i = 0; i < value.Length; i++)
        {
            int token = value[i];
            if (token < 0 || token >= codebookSize)
            {
                throw new ArgumentException($"Token {token} at {i} was to be stored where 0 to {codebookSize - 1} are allowed.");
            }

            Span<byte> at = payload.AsSpan(i * TokenBytes);
            if (wide)
            {
                BinaryPrimitives.WriteInt32LittleEndian(at, token);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)token);
            }
        }

        return new CacheValue(DataType, shape, Key, payload, default);
    }

    internal override CacheMissReason? FromStored(CacheValue stored, out int[]? value)
    {
        value = null;
        if (stored.DataType != DataType)
        {
            return CacheMissReason.DataType;
        }

        if (!stored.Shape.SequenceEqual(shape))
        {
            return CacheMissReason.Shape;
        }

        int[] tokens = new int[Count];
        ReadOnlySpan<byte> payload = stored.Payload.Span;
        for (int i = 0; i < tokens.Length; i++)
        {
            ReadOnlySpan<byte> at = payload[(i * TokenBytes)..];
            tokens[i] = wide ? BinaryPrimitives.ReadInt32LittleEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
            if (tokens[i] < 0 || tokens[i] >= codebookSize)
            {
                return CacheMissReason.Content;
            }
        }

        value = tokens;
        return null;
    }
}
