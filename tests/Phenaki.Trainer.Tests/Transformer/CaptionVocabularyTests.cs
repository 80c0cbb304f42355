using CsCheck;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Tests.Transformer;

public sealed class CaptionVocabularyTests
{
    private static readonly string[] Captions =
        ["A well-known dog's bone (white) costs 3.50!", "flag: Åland Islands", "Zürich, 7 o’clock; “so be it”", "кот и 猫", "woman 👩🏽 dancing", "A DOG"];

    [Fact]
    public void Of_ForeignCaptions_SpellsThemAll()
    {
        var vocabulary = CaptionVocabulary.Of(Captions, 8000);
        Assert.All(Captions, caption => Assert.Empty(vocabulary.Tokenizer.Encode(caption).UnknownWords));
        Assert.All(Captions, caption => Assert.DoesNotContain(vocabulary.Tokenizer.UnknownId, vocabulary.Tokenizer.Encode(caption).Ids));
        Assert.Equal(["cat"], vocabulary.Tokenizer.Encode("A cat!").UnknownWords);
    }

    [Fact]
    public void Of_FewerWordsThanCaptionsHave_KeepsTheMostFrequent()
    {
        var vocabulary = CaptionVocabulary.Of(["red red red blue blue green"], 6);
        Assert.Equal(["green"], vocabulary.Tokenizer.Encode("red blue green.").UnknownWords);
    }

    [Fact]
    public void Of_AnyText_MakesAVocabulary() =>
        Gen.String.Array[1, 5].Sample(captions => Assert.NotNull(CaptionVocabulary.Of(captions, 100)));

    [Fact]
    public void Read_WhatWasMade_IsTheSame()
    {
        var made = CaptionVocabulary.Of(Captions, 8000);
        var read = CaptionVocabulary.Read("spiece.model", made.Files["spiece.model"]);
        Assert.Equal(made.Pieces, read.Pieces);
    }
}
