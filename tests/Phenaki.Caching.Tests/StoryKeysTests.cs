using CsCheck;

namespace Phenaki.Caching.Tests;

public sealed class StoryKeysTests
{
    private static readonly PromptKeyFields Prompt = new("enc", "A teddy bear swims.", 64, CacheDataType.Float32);

    private static readonly CacheKey Opening = StoryKeys.OpeningFrames(1, 2, [new byte[] { 1, 2, 3, 4, 5, 6 }]);

    private static readonly ClipKeyFields Clip = new()
    {
        TransformerFingerprint = "mt",
        TokenizerFingerprint = "vt",
        Prompt = StoryKeys.Prompt(Prompt),
        Steps = 24,
        GuidanceScale = 6.5f,
        Temperature = 1,
        ChoiceTemperature = 4.5f,
        LatentFrames = 6,
        Rows = 8,
        Columns = 8,
        PrefixFrames = 5,
        PrefixLatentFrames = 3,
        NewFrames = 6,
        Seed = ulong.MaxValue,
        Scene = 2,
        Clip = 1,
        Before = Opening,
    };

    // Computed from the documented layout with Python's hashlib and struct.
    [Fact]
    public void Keys_OfKnownFields_AreThoseOfAnIndependentImplementation()
    {
        Assert.Equal("f0f7426c6b30c28c347a28a3a8496e7edc848e354af61b458432cf200249a809", StoryKeys.Prompt(Prompt).ToString());
        Assert.Equal("1ff6d3b02cef631707070084ecdc709224ad8a4909347421231ad8f8906dabdb", Opening.ToString());
        CacheKey clip = StoryKeys.Clip(Clip);
        Assert.Equal("cfe8f1a751411f14fd790cc6e4ee6f302dc25a978ffb2c85afffef15c97d4196", clip.ToString());
        Assert.Equal("833b03b328b68f958fc41e5294c5d474faf9a0e0e46e3f0c365fe318a3c48531", StoryKeys.Tokens(clip).ToString());
        Assert.Equal("52cada112cf134ecabe9d7f9d71418550c1605b281340637c406c1f93bf322cb", StoryKeys.Frames(clip).ToString());
        Assert.Equal("9dae84ef33c12cc40752e4b4c123670b3a4a2f8c9e886ae6ff5e9c227598a33b", StoryKeys.Prefix(clip).ToString());
    }

    [Fact]
    public void Clip_AnyFieldChanged_GivesAnotherKey()
    {
        ClipKeyFields[] all =
        [
            Clip,
            Clip with { TransformerFingerprint = "vt" },
            Clip with { TokenizerFingerprint = "mt" },
            Clip with { Prompt = Opening },
            Clip with { NegativePrompt = Clip.Prompt },
            Clip with { Steps = 25 },
            Clip with { GuidanceScale = 6.5000005f },
            Clip with { Temperature = 1.0000001f },
            Clip with { ChoiceTemperature = 4 },
            Clip with { LatentFrames = 5 },
            Clip with { Rows = 16, Columns = 4 },
            Clip with { Rows = 7 },
            Clip with { Columns = 7 },
            Clip with { PrefixFrames = 3 },
            Clip with { PrefixLatentFrames = 2 },
            Clip with { NewFrames = 5 },
            Clip with { Seed = 0 },
            Clip with { Scene = 1, Clip = 2 },
            Clip with { Scene = 3 },
            Clip with { Clip = 0 },
            Clip with { Before = null },
            Clip with { Before = Clip.Prompt },
        ];
        Assert.Equal(all.Length, all.Select(StoryKeys.Clip).Distinct().Count());

        // A new property must be hashed, and stand in the list above.
        Assert.Equal(18, typeof(ClipKeyFields).GetProperties().Length);
    }

    [Fact]
    public void Prompt_AnyFieldChanged_GivesAnotherKey()
    {
        PromptKeyFields[] all =
        [
            Prompt,
            Prompt with { EncoderFingerprint = "enc2" },
            Prompt with { Text = "A teddy bear swims" },
            Prompt with { MaxTokens = 0 },
            Prompt with { DataType = CacheDataType.BFloat16 },
        ];
        Assert.Equal(all.Length, all.Select(StoryKeys.Prompt).Distinct().Count());
    }

    [Fact]
    public void Prompt_OtherWhiteSpace_GivesTheSameKey() =>
        Assert.Equal(StoryKeys.Prompt(Prompt), StoryKeys.Prompt(Prompt with { Text = "  A teddy\tbear \n swims. " }));

    [Fact]
    public void OpeningFrames_OtherSizeOrPixels_GiveOtherKeys()
    {
        byte[] six = [1, 2, 3, 4, 5, 6];
        CacheKey[] all =
        [
            Opening,
            StoryKeys.OpeningFrames(2, 1, [six]),
            StoryKeys.OpeningFrames(1, 2, [six, six]),
            StoryKeys.OpeningFrames(1, 2, [new byte[] { 1, 2, 3, 4, 5, 7 }]),
            StoryKeys.OpeningFrames(1, 1, [six.AsMemory(0, 3), six.AsMemory(3)]),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Clip_EditedScene_ChangesItsOwnAndLaterKeysOnly() =>
        Gen.Select(Gen.Int[2, 8], Gen.Int[0, 7]).Sample((scenes, edited) =>
        {
            edited %= scenes;
            CacheKey[] before = Chain(scenes, -1);
            CacheKey[] after = Chain(scenes, edited);
            return Enumerable.Range(0, scenes).All(scene => (before[scene] == after[scene]) == (scene < edited));
        });

    [Theory]
    [InlineData("  a \t\r\n b ", "a b")]
    [InlineData("a\u00a0\u2003b", "a b")]
    [InlineData("", "")]
    [InlineData(" \n ", "")]
    [InlineData("teddy \ud83e\uddf8", "teddy \ud83e\uddf8")]
    public void Normalise_WhiteSpace_IsOneSpaceBetweenWords(string text, string expected) =>
        Assert.Equal(expected, PromptText.Normalise(text));

    [Fact]
    public void Normalise_BrokenSurrogate_IsReplaced() => Assert.Equal("a\ufffdb", PromptText.Normalise("a\ud83eb"));

    [Fact]
    public void Normalise_Twice_IsTheSameAsOnce() =>
        Gen.String.Sample(text => PromptText.Normalise(PromptText.Normalise(text)) == PromptText.Normalise(text));

    private static CacheKey[] Chain(int scenes, int edited)
    {
        var keys = new CacheKey[scenes];
        CacheKey? before = null;
        for (int scene = 0; scene < scenes; scene++)
        {
            string text = scene == edited ? "edited" : $"scene {scene}";
            keys[scene] = StoryKeys.Clip(Clip with
            {
                Prompt = StoryKeys.Prompt(Prompt with { Text = text }),
                Scene = (uint)scene,
                Before = before,
            });
            before = keys[scene];
        }

        return keys;
    }
}
