using CsCheck;

namespace Phenaki.Caching.Tests;

public sealed class CacheKeyBuilderTests
{
    private static readonly Gen<object?> Field = Gen.OneOf<object?>(
        Gen.String[Gen.Char["ab\0"], 0, 4].Select(value => (object?)value),
        Gen.ULong[0, 3].Select(value => (object?)value),
        Gen.Int[0, 3].Select(i => new[] { 0f, -0f, 1f, float.NaN }[i]).Select(value => (object?)value),
        Gen.Byte[0, 2].Array[0, 3].Select(value => (object?)value),
        Gen.Byte[0, 1].Select(value => (object?)Key(value)),
        Gen.Bool.Select(_ => (object?)null));

    [Fact]
    public void Build_TwoListsOfFields_AreEqualOnlyWhenTheFieldsAre() =>
        Gen.Select(Field.Array[0, 4], Field.Array[0, 4]).Sample(
            (left, right) => (Build(left) == Build(right)) == left.Select(Describe).SequenceEqual(right.Select(Describe)), iter: 20_000);

    [Fact]
    public void Build_TextSplitElsewhere_Differs() =>
        Gen.Select(Gen.String[1, 20], Gen.Int[0, 19], Gen.Int[0, 19]).Sample((text, first, second) =>
        {
            first %= text.Length;
            second %= text.Length;
            return first == second
                || Build([text[..first], text[first..]]) != Build([text[..second], text[second..]])
                || char.IsLowSurrogate(text[first]) || char.IsLowSurrogate(text[second]);
        });

    [Fact]
    public void Build_OtherKindOrVersion_Differs()
    {
        using var one = new CacheKeyBuilder("a", 1);
        using var otherKind = new CacheKeyBuilder("b", 1);
        using var otherVersion = new CacheKeyBuilder("a", 2);
        CacheKey[] keys = [one.Build(), otherKind.Build(), otherVersion.Build()];
        Assert.Equal(3, keys.Distinct().Count());
    }

    [Fact]
    public void ToString_OfDigest_IsItsHexadecimalForm() =>
        Gen.Byte.Array[CacheKey.Length].Sample(digest => new CacheKey(digest).ToString() == Convert.ToHexStringLower(digest));

    [Fact]
    public void Constructor_WrongLength_NamesBothNumbers()
    {
        var error = Assert.Throws<ArgumentException>(() => new CacheKey(new byte[31]));
        Assert.Contains("32 bytes, not 31", error.Message, StringComparison.Ordinal);
    }

    private static CacheKey Key(byte value) => new(Enumerable.Repeat(value, CacheKey.Length).ToArray());

    private static CacheKey Build(IEnumerable<object?> fields)
    {
        using var builder = new CacheKeyBuilder("test", 1);
        foreach (object? field in fields)
        {
            _ = field switch
            {
                string text => builder.Add(text),
                ulong number => builder.Add(number),
                float number => builder.Add(number),
                byte[] bytes => builder.Add(bytes),
                CacheKey key => builder.Add(key),
                _ => builder.Add((CacheKey?)null),
            };
        }

        return builder.Build();
    }

    private static string Describe(object? field) => field switch
    {
        float number => $"float {BitConverter.SingleToInt32Bits(number)}",
        byte[] bytes => $"bytes {Convert.ToHexString(bytes)}",
        null => "none",
        _ => $"{field.GetType()} {field}",
    };
}
