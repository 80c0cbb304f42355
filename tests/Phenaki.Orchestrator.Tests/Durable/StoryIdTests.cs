using Phenaki.Orchestrator.Durable;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Tests.Durable;

public sealed class StoryIdTests
{
    [Fact]
    public void Of_SameNameOfTwoOwners_IsNotTheSameStory()
    {
        Assert.Equal(StoryId.Of("a", "x"), StoryId.Of("a", "x"));
        string[] ids = [StoryId.Of("", "ax"), StoryId.Of("a", "x"), StoryId.Of("ax", ""), StoryId.Of("b", "x"), StoryId.Of("a", "y"), StoryId.New(new RandomSeedSource())];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(StoryId.IsId(id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    public void IsId_SomethingElse_IsFalse(string text) => Assert.False(StoryId.IsId(text));

    [Theory]
    [InlineData("", true)]
    [InlineData("a-Z_0~!", true)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    public void IsRequestId_Text_IsAllowedWhenVisibleAscii(string text, bool isAllowed) => Assert.Equal(isAllowed, StoryId.IsRequestId(text));

    [Fact]
    public void IsRequestId_TooLong_IsFalse()
    {
        Assert.True(StoryId.IsRequestId(new string('a', StoryId.MaxRequestId)));
        Assert.False(StoryId.IsRequestId(new string('a', StoryId.MaxRequestId + 1)));
    }
}
