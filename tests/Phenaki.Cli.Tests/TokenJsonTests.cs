using CsCheck;
using Phenaki.Cli.Inspection;
using Phenaki.Testing;

namespace Phenaki.Cli.Tests;

public sealed class TokenJsonTests : IDisposable
{
    private const int Timeout = 60_000;
    private const int Rows = 2;
    private const int Columns = 3;
    private const int CodebookSize = 10;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public Task ReadAsync_WhatWasWritten_IsTheSame() => Gen.Int[0, CodebookSize - 1].Array[Rows * Columns].Array[1, 5].SampleAsync(async tokens =>
        Assert.Equal(tokens, await ReadAsync(TokenJson.Write(tokens, Columns))), iter: 20, threads: 1);

    [Fact(Timeout = Timeout)]
    public async Task ReadAsync_UnderTheNameTokens_IsRead() =>
        Assert.Equal([[1, 2, 3, 4, 5, 6]], await ReadAsync("""{ "tokens": [[[1,2,3],[4,5,6]]] }"""));

    [Theory(Timeout = Timeout)]
    [InlineData("[]", "holds no latent frame")]
    [InlineData("[[[1,2,3]]]", "latent frame 0 has 1 rows of 3; the model's are 2 rows of 3")]
    [InlineData("[[[1,2,3],[4,5]]]", "latent frame 0 has 2 rows of 3, 2")]
    [InlineData("[[[1,2,3],[4,5,10]]]", "holds the token 10; allowed are 0 to 9")]
    [InlineData("[[[1,2,3],[4,5,-1]]]", "holds the token -1; allowed are 0 to 9")]
    [InlineData("[[[1,2,3],null]]", "no JSON of tokens")]
    [InlineData("[[[1,2,3],[4,5,1.5]]]", "no JSON of tokens")]
    [InlineData("tokens", "no JSON of tokens")]
    [InlineData("", "no JSON of tokens")]
    public async Task ReadAsync_SomethingElse_IsRefused(string json, string words)
    {
        var refused = await Assert.ThrowsAsync<CliException>(() => ReadAsync(json));

        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<IReadOnlyList<int[]>> ReadAsync(string json)
    {
        await File.WriteAllTextAsync(_folder.Of("tokens.json"), json, Token);
        return await TokenJson.ReadAsync(_folder.Of("tokens.json"), Rows, Columns, CodebookSize, Token);
    }
}
