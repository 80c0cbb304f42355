using System.Globalization;
using Phenaki.Story.V1;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Cli.Stories;

/// <summary>What is said to the director of a story.</summary>
internal static class DirectionText
{
    /// <summary>What a command does that was taken.</summary>
    public static string Answer(StoryCommand command, StoryCommandAnswer answer) => command.CommandCase switch
    {
        StoryCommand.CommandOneofCase.Pause => Say($"It pauses before frame {answer.FromFrame}."),
        StoryCommand.CommandOneofCase.Resume => Say($"It goes on with frame {answer.FromFrame}."),
        StoryCommand.CommandOneofCase.Stop => Say($"It ends with {answer.Frames} frames."),
        StoryCommand.CommandOneofCase.RemoveScenes => Say($"Removed; the story has {answer.Frames} frames now."),
        _ => Say($"From frame {answer.FromFrame} on; the story has {answer.Frames} frames now."),
    };

    /// <summary>The scenes of a story, a line for each.</summary>
    public static IEnumerable<string> Scenes(WireStory story)
    {
        var start = 0u;
        foreach (var (number, scene) in story.Request.Scenes.Index())
        {
            var mark = start + scene.Frames <= story.FramesMade ? "done" : number <= story.Scene && story.FramesMade > 0 ? "now" : "";
            yield return Say($"{number + 1,4} {mark,-4} frames {start} to {start + scene.Frames - 1}: {scene.Prompt}");
            start += scene.Frames;
        }
    }

    private static string Say(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
