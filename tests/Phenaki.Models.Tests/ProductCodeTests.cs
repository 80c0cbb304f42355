using CsCheck;

namespace Phenaki.Models.Tests;

public sealed class ProductCodeTests
{
    [Fact]
    public void Violations_WholePowers_AreNone() =>
        Gen.Select(Gen.Int[2, 1000], Gen.Int[1, ProductCode.MostParts]).Sample((size, parts) =>
        {
            var code = new ProductCode((int)Math.Pow(size, parts), parts);
            return !code.Violations("parts").Any() && code.PartSize == size && code.Stride(parts - 1) * size == code.CodebookSize && code.TableSize == size * parts;
        });

    [Theory]
    [InlineData(1000, 2, "codebook_size is 1000")]
    [InlineData(1, 1, "codebook_size is 1")]
    [InlineData(64, 0, "parts is 0")]
    [InlineData(64, 4, "parts is 4")]
    [InlineData((1 << 20) + 1, 1, "codebook_size is 1048577")]
    public void Violations_WhatIsNotAllowed_IsNamed(int codebookSize, int parts, string expected) =>
        Assert.Contains(expected, Assert.Single(new ProductCode(codebookSize, parts).Violations("parts")), StringComparison.Ordinal);
}
