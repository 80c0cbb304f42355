using CsCheck;

namespace Phenaki.Caching.Tests;

public sealed class CacheValueTests
{
    // Written by Python's struct and hashlib from the documented layout of format 1.
    private const string TokensFormat1 =
        "50484b5601020300010000000200000003000000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        + "0c00000000000000000001000200fd0ffe0fff0fd20c2d4577d4b1481796f26674b27f43";

    private const string PromptFormat1 =
        "50484b56010402000200000002000000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        + "10000000320000000000c03f000000c00000803e000040407b22696473223a5b372c315d2c22756e6b6e6f776e223a5b227a6f7270225d2c22"
        + "7472756e6361746564223a66616c73657df14c9b3355feed23610f3e4c7e3378fa";

    private static readonly CacheKey Fingerprint = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    private static readonly Gen<CacheValue> Values =
        from type in Gen.Enum<CacheDataType>()
        from shape in Gen.Int[0, 4].Array[0, 4]
        from digest in Gen.Byte.Array[CacheKey.Length]
        from notes in Gen.Byte.Array[0, 20]
        let bytes = shape.Aggregate(1, (product, size) => product * size) * Size(type)
        from payload in Gen.Byte.Array[bytes]
        select new CacheValue(type, shape, new CacheKey(digest), payload, notes);

    [Fact]
    public void TryDecode_WhatWasEncoded_GivesItBack() =>
        Values.Sample(value => CacheValue.TryDecode(value.Encode(), out CacheValue? read) is null
            && read!.DataType == value.DataType
            && read.Shape.SequenceEqual(value.Shape)
            && read.Fingerprint == value.Fingerprint
            && read.Payload.Span.SequenceEqual(value.Payload.Span)
            && read.Notes.Span.SequenceEqual(value.Notes.Span));

    [Fact]
    public void TryDecode_AnyBitFlipped_IsAMiss() =>
        Gen.Select(Values, Gen.Int[0, int.MaxValue], Gen.Int[0, 7]).Sample((value, at, bit) =>
        {
            byte[] stored = value.Encode();
            stored[at % stored.Length] ^= (byte)(1 << bit);
            return CacheValue.TryDecode(stored, out _) is not null;
        });

    [Fact]
    public void TryDecode_AnyOtherLength_IsAMiss() =>
        Gen.Select(Values, Gen.Int[0, int.MaxValue], Gen.Byte.Array[1, 40]).Sample((value, length, more) =>
        {
            byte[] stored = value.Encode();
            return CacheValue.TryDecode(stored.AsMemory(0, length % stored.Length), out _) is not null
                && CacheValue.TryDecode(stored.Concat(more).ToArray(), out _) is not null;
        });

    [Fact]
    public void TryDecode_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 200].Sample(bytes => CacheValue.TryDecode((byte[])[.. "PHKV"u8, 1, .. bytes], out _) is not null);

    [Fact]
    public void TryDecode_TokensOfFormat1_ReadsThem()
    {
        Assert.Null(CacheValue.TryDecode(Convert.FromHexString(TokensFormat1), out CacheValue? value));
        Assert.Equal(CacheDataType.UInt16, value!.DataType);
        Assert.Equal([1, 2, 3], value.Shape);
        Assert.Equal(Fingerprint, value.Fingerprint);
        Assert.Null(TokensEntry.OfClip(Fingerprint, 1, 2, 3, 4096).FromStored(value, out int[]? tokens));
        Assert.Equal([0, 1, 2, 4093, 4094, 4095], tokens!);
        Assert.Equal(TokensFormat1, Convert.ToHexStringLower(value.Encode()));
    }

    [Fact]
    public void TryDecode_PromptOfFormat1_ReadsIt()
    {
        Assert.Null(CacheValue.TryDecode(Convert.FromHexString(PromptFormat1), out CacheValue? value));
        Assert.Null(new PromptEntry(Fingerprint, CacheDataType.Float32, 2, 64).FromStored(value!, out EncodedPrompt? prompt));
        Assert.Equal([7, 1], prompt!.TokenIds);
        Assert.Equal(["zorp"], prompt.UnknownWords);
        Assert.False(prompt.Truncated);
        Assert.Equal(2, prompt.Tokens);
        Assert.Equal(-2f, BitConverter.ToSingle(prompt.Embedding.Span[4..]));
    }

    [Fact]
    public void TryDecode_OtherVersion_SaysSo()
    {
        byte[] stored = Convert.FromHexString(TokensFormat1);
        stored[4] = 2;
        Assert.Equal(CacheMissReason.Version, CacheValue.TryDecode(stored, out _));
    }

    [Theory]
    [InlineData(new[] { 2 })]
    [InlineData(new[] { -1 })]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue })]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void Encode_ShapeThatIsNotThePayloads_Throws(int[] shape) =>
        Assert.Throws<ArgumentException>(() => new CacheValue(CacheDataType.UInt8, shape, Fingerprint, new byte[1], default).Encode());

    private static int Size(CacheDataType type) => type switch
    {
        CacheDataType.UInt8 => 1,
        CacheDataType.UInt16 or CacheDataType.BFloat16 => 2,
        _ => 4,
    };
}
