using Phenaki.Cli.Stories;

namespace Phenaki.Cli.Tests;

public sealed class StoryArgumentsTests
{
    private static readonly StoryArguments Good = new() { Prompts = ["A bear walks."], Output = "story.mp4" };

    [Fact]
    public void Problems_GoodStory_AreNone() => Assert.Empty(Good.Problems());

    [Fact]
    public void Problems_EverythingWrong_AreAllSaidAtOnce()
    {
        var story = Good with
        {
            Prompts = ["", "a\u0001b"],
            Style = new string('s', 513),
            Negative = "\u009f",
            Frames = 0,
            Image = "a.png",
            Clip = "a.gif",
            Sampling = new() { Steps = 0, Guidance = float.NaN, Temperature = 17, ChoiceTemperature = -1 },
            Video = new() { Scale = 17 },
        };

        Assert.Equal(11, story.Problems().Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public void Problems_FramesAtTheLimits_AreNone(int frames) => Assert.Empty((Good with { Frames = frames }).Problems());

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    [InlineData(10_000_000)]
    public void Problems_FramesBeyondTheLimits_NameThem(int frames) =>
        Assert.Contains(frames.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single((Good with { Frames = frames }).Problems()), StringComparison.Ordinal);

    [Theory]
    [InlineData(4_096, 0)]
    [InlineData(4_097, 1)]
    [InlineData(100_000, 1)]
    public void Problems_LongPrompt_AreSaidFromTheLimitOn(int length, int problems) =>
        Assert.Equal(problems, (Good with { Prompts = [new string('a', length)] }).Problems().Count);

    [Theory]
    [InlineData(64, 64, 2)]
    [InlineData(128, 96, 2)]
    [InlineData(256, 512, 1)]
    [InlineData(8, 8, 16)]
    public void ToWriter_WithoutAScale_MakesTheShortSideLargeEnough(int height, int width, int scale) =>
        Assert.Equal(scale, new VideoArguments().ToWriter(height, width).Scale);

    [Fact]
    public void ToWire_OfUnsetSettings_SetsNone()
    {
        var wire = new SamplingArguments { Steps = 3 }.ToWire();

        Assert.True(wire.HasSteps);
        Assert.False(wire.HasGuidanceScale || wire.HasTemperature || wire.HasChoiceTemperature);
    }
}
