using System.Text;
using CsCheck;
using Phenaki.Models.Folders;
using Phenaki.Models.Text;

namespace Phenaki.Models.Tests.Text;

public sealed class SentencePieceTokenizerTests
{
    // Ids: 0 <pad>, 1 </s>, 2 <unk>, 3 a, 4 teddy, 5 bear, 6 ocean, 7 the, 8 in, 9 ".", 10 ",", 11 "'s"
    private static readonly byte[] Model = SentencePieceModelWriter.Create(["a", "teddy", "bear", "ocean", "the", "in"], [".", ",", "'s"]);

    private static readonly byte[] LowerCase = """{"do_lower_case": true, "model_max_length": 512}"""u8.ToArray();

    [Theory]
    [InlineData("the teddy bear", new[] { 7, 4, 5, 1 })]
    [InlineData("the bear's ocean, in the ocean.", new[] { 7, 5, 11, 6, 10, 8, 7, 6, 9, 1 })]
    [InlineData("  the   bear ", new[] { 7, 5, 1 })]
    [InlineData("", new[] { 1 })]
    [InlineData("   ", new[] { 1 })]
    [InlineData("the dragon in", new[] { 7, 2, 8, 1 })]
    [InlineData("dragon castle", new[] { 2, 1 })]
    public void Encode_WholeWordModel_GivesTheIdsOfTheReference(string text, int[] expected) =>
        Assert.Equal(expected, Create().Encode(text).Ids);

    [Theory]
    [InlineData("the Dragon, in the ocean.", new[] { "Dragon" })]
    [InlineData("the bear; in (a castle)!", new[] { "bear;", "(a", "castle" })]
    [InlineData("The BEAR", new string[0])]
    [InlineData("oceans \"oceans\" bears", new[] { "oceans", "bears" })]
    [InlineData("the\tteddy\nbear", new string[0])]
    public void Encode_WordOutsideTheVocabulary_IsReported(string text, string[] expected) =>
        Assert.Equal(expected, Create(LowerCase).Encode(text).UnknownWords);

    [Fact]
    public void Encode_LowerCaseSetting_FoldsCaseAndWhiteSpace()
    {
        Assert.Equal([7, 4, 5, 9, 1], Create(LowerCase).Encode("The\u00a0TEDDY\tBear.").Ids);
        Assert.Equal(["The"], Create().Encode("The bear").UnknownWords);
    }

    [Fact]
    public void Encode_AnyText_EndsOnceAndStaysInTheVocabulary()
    {
        var tokenizer = Create(LowerCase);
        Gen.String.Sample(text =>
        {
            var ids = tokenizer.Encode(text).Ids;
            Assert.Equal(1, ids[^1]);
            Assert.All(ids, id => Assert.InRange(id, 1, tokenizer.VocabularySize - 1));
            Assert.DoesNotContain(ids.Zip(ids.Skip(1)), pair => pair is (2, 2));
        });
    }

    [Fact]
    public void Encode_WordsOfTheVocabulary_ComeBackOneEach()
    {
        var tokenizer = Create();
        var words = new[] { "a", "teddy", "bear", "ocean", "the", "in" };
        Gen.Int[0, words.Length - 1].Array[0, 30].Sample(choice =>
            Assert.Equal([.. choice.Select(index => index + 3), 1], tokenizer.Encode(string.Join(' ', choice.Select(index => words[index]))).Ids));
    }

    [Fact]
    public void Create_LoweredCaseSettingOfAnotherKind_NamesFileAndKey()
    {
        var error = Assert.Throws<ModelFormatException>(() => Create("""{"do_lower_case": "yes"}"""u8.ToArray()));

        Assert.Contains("tokenizer_config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("do_lower_case", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NoModel_IsRefused()
    {
        Assert.Throws<ModelFormatException>(() => SentencePieceTokenizer.Create("spiece.model", []));
        Assert.Throws<ModelFormatException>(() => SentencePieceTokenizer.Create("spiece.model", Encoding.UTF8.GetBytes("<html>not found</html>")));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("")]
    [InlineData("bear")]
    public void ModelWriter_BadWord_IsRefused(string word) =>
        Assert.Throws<ArgumentException>(() => SentencePieceModelWriter.Create(["bear", word], ["."]));

    private static SentencePieceTokenizer Create(byte[]? settings = null) => SentencePieceTokenizer.Create("spiece.model", Model, settings);
}
