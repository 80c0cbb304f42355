using Phenaki.Cli.Stories;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Tests;

public sealed class DirectionLineTests
{
    [Theory]
    [InlineData("  A bear swims. ", ScenePosition.Now)]
    [InlineData("/then A bear swims.", ScenePosition.Last)]
    [InlineData("/next  A bear swims.", ScenePosition.Next)]
    public void Read_APrompt_AddsAScene(string line, ScenePosition position)
    {
        var added = Assert.IsType<DirectionLine.Steer>(DirectionLine.Read(line, 9)).Command.AddScenes;
        Assert.Equal(position, added.Position);
        Assert.Equal(new Scene { Prompt = "A bear swims.", Frames = 9 }, Assert.Single(added.Scenes));
    }

    [Fact]
    public void Read_Commands_AreThose()
    {
        Assert.NotNull(Command("/pause").Pause);
        Assert.NotNull(Command("/go").Resume);
        Assert.False(Command("/stop").Stop.AfterScenes);
        Assert.True(Command(" /end ").Stop.AfterScenes);
        Assert.Equal(new ChangeScene { Scene = 2, To = new() { Prompt = "It sleeps, 4 ever." } }, Command("/change 3 It sleeps, 4 ever.").ChangeScene);
        Assert.Equal(new RemoveScenes { Scene = 2, Count = 1 }, Command("/remove 3").RemoveScenes);
        Assert.Equal(new RemoveScenes { Scene = 0, Count = 2 }, Command("/remove 1  2").RemoveScenes);
        Assert.Equal(new DirectionLine.Frames(40), DirectionLine.Read("/frames 40", 0));
        Assert.Equal(new DirectionLine.Save("so far.mp4"), DirectionLine.Read("/save so far.mp4", 0));
        Assert.IsType<DirectionLine.Scenes>(DirectionLine.Read("/scenes", 0));
        Assert.IsType<DirectionLine.Wait>(DirectionLine.Read("/wait", 0));
        Assert.IsType<DirectionLine.Question>(DirectionLine.Read("/help", 0));
        Assert.Null(DirectionLine.Read("  ", 0));
    }

    [Theory]
    [InlineData("/dance", "/dance")]
    [InlineData("/stop it", "/stop")]
    [InlineData("/then", "prompt")]
    [InlineData("/change x y", "/change")]
    [InlineData("/change 3", "/change")]
    [InlineData("/change 0 y", "/change")]
    [InlineData("/remove", "/remove")]
    [InlineData("/remove 1 2 3", "/remove")]
    [InlineData("/remove -1", "/remove")]
    [InlineData("/frames 10001", "10000")]
    [InlineData("/frames 0", "10000")]
    [InlineData("/save", "/save")]
    [InlineData("a\u0007b", "U+0007")]
    public void Read_SomethingElse_SaysWhatIsWrong(string line, string names) =>
        Assert.Contains(names, Assert.IsType<DirectionLine.Wrong>(DirectionLine.Read(line, 0)).Message, StringComparison.Ordinal);

    [Fact]
    public void Help_NamesEveryCommand()
    {
        foreach (var name in new[] { "/then", "/next", "/change", "/remove", "/frames", "/pause", "/go", "/stop", "/end", "/scenes", "/save", "/wait", "/help" })
        {
            Assert.Contains(DirectionLine.Help, line => line.Contains(name, StringComparison.Ordinal));
            Assert.False(DirectionLine.Read(name, 0) is DirectionLine.Wrong { Message: var message } && message.StartsWith("There is no", StringComparison.Ordinal));
        }
    }

    private static StoryCommand Command(string line) => Assert.IsType<DirectionLine.Steer>(DirectionLine.Read(line, 0)).Command;
}
