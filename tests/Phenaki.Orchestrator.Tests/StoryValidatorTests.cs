using Google.Protobuf;
using Grpc.Core;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing.Services;

namespace Phenaki.Orchestrator.Tests;

/// <summary>Bad input is refused by field, all of it at once.</summary>
public sealed class StoryValidatorTests
{
    private readonly StoryValidator _validator = new(new());

    [Fact]
    public void Read_NoScenes_IsRefused() => AssertRefused(new(), "scenes: has 0 scenes; allowed are 1 to 1000.");

    [Fact]
    public void Read_TooManyScenes_IsRefused() =>
        AssertRefused(Story([.. Enumerable.Repeat(new Scene { Prompt = "a" }, 1001)]), "scenes: has 1001 scenes; allowed are 1 to 1000.");

    [Theory]
    [InlineData("", "has 0 characters; allowed are 1 to 4096.")]
    [InlineData("   ", "is blank; it must say something.")]
    [InlineData("a\u0007b", "has the control character U+0007 at 1; control characters are not allowed.")]
    [InlineData("a\nb", "has the control character U+000A at 1; control characters are not allowed.")]
    public void Read_BadPrompt_IsRefused(string prompt, string problem) => AssertRefused(Story(new Scene { Prompt = prompt }), $"scenes[0].prompt: {problem}");

    [Fact]
    public void Read_HugePrompt_IsRefused() => AssertRefused(
        Story(new Scene { Prompt = new string('a', 100_000) }), "scenes[0].prompt: has 100000 characters; allowed are 1 to 4096.");

    [Fact]
    public void Read_PromptTooLongWithItsStyle_IsRefused()
    {
        var story = Story(new Scene { Prompt = new string('a', 4_090) });
        story.Style = "pencil drawing";
        AssertRefused(story, "scenes[0].prompt: has 4106 characters with its style; allowed are 4096 together.");
    }

    [Fact]
    public void Read_MorePromptsThanFitIntoAnAnswer_IsRefused() => AssertRefused(
        Story([.. Enumerable.Range(0, 300).Select(_ => new Scene { Prompt = new string('a', 4_000) })]),
        "scenes: has 1200000 bytes of prompts with their style; allowed are 1048576.");

    [Fact]
    public void Read_TenMillionFrames_IsRefused() => AssertRefused(
        Story(new Scene { Prompt = "a", Frames = 10_000_000 }), "scenes[0].frames: is 10000000; allowed are 1 to 10000, or 0 for 17.");

    [Theory]
    [InlineData(0u)]
    [InlineData(257u)]
    [InlineData(1_000_000_000u)]
    public void Read_BadSteps_IsRefused(uint steps)
    {
        var story = Story(new Scene { Prompt = "a" });
        story.Sampling = new() { Steps = steps };
        AssertRefused(story, $"sampling.steps: is {steps}; allowed are 1 to 256.");
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(-1f, "-1")]
    public void Read_BadNumbers_AreRefused(float value, string text)
    {
        var story = Story(new Scene { Prompt = "a" });
        story.Sampling = new() { GuidanceScale = value, Temperature = value, ChoiceTemperature = value };
        AssertRefused(
            story,
            $"sampling.guidance_scale: is {text}; allowed are 0 to 64.",
            $"sampling.temperature: is {text}; allowed are 0 to 16.",
            $"sampling.choice_temperature: is {text}; allowed are 0 to 64.");
    }

    [Fact]
    public void Read_OpeningFrameOfAnotherSize_IsRefused()
    {
        var story = Story(new Scene { Prompt = "a" });
        story.OpeningFrames.Add(new Common.V1.Frame { Rgb = ByteString.CopyFrom(new byte[72]) });
        story.OpeningFrames.Add(new Common.V1.Frame { Rgb = ByteString.CopyFrom(new byte[71]) });
        AssertRefused(story, "opening_frames[1].rgb: has 71 bytes; must have 72, 3 for each pixel.");
    }

    [Fact]
    public void Read_EverythingWrong_IsToldAtOnce()
    {
        var story = Story(new Scene { Prompt = "" }, new Scene { Prompt = "b", Frames = 10_001 }, new Scene { Prompt = "c\0" });
        story.Style = new string('s', 513);
        story.NegativePrompt = "n\u0001";
        story.Sampling = new() { Steps = 0, GuidanceScale = float.NaN };
        story.OpeningFrames.Add(new Common.V1.Frame());
        var error = Assert.Throws<RpcException>(() => _validator.Read(story, FakeModels.Set));
        Assert.Equal(
            [
                "style", "negative_prompt", "scenes[0].prompt", "scenes[1].frames", "scenes[2].prompt", "sampling.steps", "sampling.guidance_scale",
                "opening_frames[0].rgb",
            ],
            error.Fields());
    }

    [Fact]
    public void Read_PromptThatEndsInAFullStop_LosesItBeforeTheStyle()
    {
        var story = Story(new Scene { Prompt = "A bear swims." });
        story.Style = "pencil drawing";
        Assert.Equal("A bear swims, pencil drawing", Assert.Single(_validator.Read(story, FakeModels.Set).Scenes).Prompt);
    }

    [Fact]
    public void Read_GoodStory_ResolvesDefaultsStyleAndWhiteSpace()
    {
        var story = Story(new Scene { Prompt = "  a   cat " }, new Scene { Prompt = "b", Frames = 3, Seed = 0 });
        story.Style = " pencil  drawing";
        story.NegativePrompt = "  ";
        story.Seed = 0;
        story.Sampling = new() { Steps = 256 };
        story.OpeningFrames.Add(new Common.V1.Frame { Rgb = ByteString.CopyFrom(new byte[72]) });
        var read = _validator.Read(story, FakeModels.Set);
        Assert.Equal([("a cat, pencil drawing", 17), ("b, pencil drawing", 3)], read.Scenes.Select(scene => (scene.Prompt, scene.Frames)));
        Assert.Equal([null, 0UL], read.Scenes.Select(scene => scene.Seed));
        Assert.Null(read.NegativePrompt);
        Assert.Equal(0UL, read.Seed);
        Assert.Equal(FakeModels.DefaultSampling with { Steps = 256 }, read.Sampling);
        Assert.Single(read.OpeningFrames);
        Assert.Equal(Common.V1.Priority.Unspecified, read.Priority);
    }

    [Fact]
    public void Read_UnknownPriority_IsRefused()
    {
        var story = Story(new Scene { Prompt = "a" });
        story.Priority = (Common.V1.Priority)3;
        AssertRefused(story, "priority: is 3; allowed are 0 (unspecified), 1 (interactive) and 2 (batch).");
    }

    private static GenerateStoryRequest Story(params Scene[] scenes) => new() { Scenes = { scenes } };

    private void AssertRefused(GenerateStoryRequest story, params string[] violations)
    {
        var error = Assert.Throws<RpcException>(() => _validator.Read(story, FakeModels.Set));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(violations, error.Violations());
    }
}
