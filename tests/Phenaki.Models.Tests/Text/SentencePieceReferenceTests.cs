using System.Text.Json;
using Phenaki.Models.Text;
using Phenaki.Testing;

namespace Phenaki.Models.Tests.Text;

/// <summary>Against ids that the reference implementation gave: ties between pieces, control and full-width characters, byte pieces, user-defined pieces, signs for spaces after words.</summary>
public sealed class SentencePieceReferenceTests
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    [Theory]
    [InlineData("t5-tiny-gated/spiece.model", "t5.json")]
    [InlineData("sentencepiece/bytes.model", "bytes.json")]
    [InlineData("sentencepiece/user-defined.model", "user-defined.json")]
    [InlineData("sentencepiece/suffix.model", "suffix.json")]
    public void Encode_EveryLine_GivesTheIdsOfTheReference(string model, string cases)
    {
        var path = RepositoryFiles.Fixture(model.Split('/'));
        var tokenizer = SentencePieceTokenizer.Create(path, File.ReadAllBytes(path));

        foreach (var line in JsonSerializer.Deserialize<Line[]>(File.ReadAllText(RepositoryFiles.Fixture("sentencepiece", cases)), CamelCase)!)
        {
            var actual = tokenizer.Encode(line.Text).Ids;

            Assert.True(line.Ids.SequenceEqual(actual), $"'{line.Text}': expected {string.Join(' ', line.Ids)}, found {string.Join(' ', actual)}");
        }
    }

    internal sealed record Line(string Text, int[] Ids);
}
