using System.Globalization;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>A line that the director of a story has typed.</summary>
internal abstract record DirectionLine
{
    private const int MaxFrames = 10_000;

    private DirectionLine()
    {
    }

    /// <summary>What can be typed.</summary>
    public static IReadOnlyList<string> Help { get; } =
    [
        "Type what happens, and it happens from the next clip on. Or:",
        "  /then PROMPT        after all other scenes",
        "  /next PROMPT        after the scene that is being made",
        "  /change N PROMPT    another scene in the place of scene N, which has not begun",
        "  /remove N [COUNT]   fewer scenes, from N on",
        "  /frames N           frames of the scenes that are typed from now on, 1 to 10000",
        "  /pause, /go         waits after the clip in work; goes on",
        "  /stop               ends the story after the clip in work; /end ends it after its scenes, and so does Ctrl-D",
        "  /scenes             the scenes as they are and are planned",
        "  /save FILE          writes the video as far as it has come",
        "  /wait               reads no further line until the story waits for one; for scripts",
        "  /help               this",
    ];

    /// <summary>Reads a line; null for one that says nothing.</summary>
    /// <param name="text">As it was typed.</param>
    /// <param name="frames">Frames of a scene that is typed; 0 for the service's default.</param>
    public static DirectionLine? Read(string text, uint frames)
    {
        text = text.Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (text[0] != '/')
        {
            return Added(text, frames, ScenePosition.Now);
        }

        var parts = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return ReadCommand(parts[0], parts.Length == 2 ? parts[1] : "", frames);
    }

    private static DirectionLine ReadCommand(string name, string rest, uint frames) => (name, rest) switch
    {
        ("/then", _) => Added(rest, frames, ScenePosition.Last),
        ("/next", _) => Added(rest, frames, ScenePosition.Next),
        ("/change", _) => Changed(rest, frames),
        ("/remove", _) => Removed(rest),
        ("/frames", _) => TryNumber(rest, MaxFrames) is { } number ? new Frames(number) : new Wrong($"/frames takes a number from 1 to {MaxFrames}."),
        ("/pause", "") => new Steer(new() { Pause = new() }),
        ("/go", "") => new Steer(new() { Resume = new() }),
        ("/stop", "") => new Steer(new() { Stop = new() }),
        ("/end", "") => new Steer(End),
        ("/save", "") => new Wrong("/save takes the file to write, as in: /save so-far.mp4"),
        ("/save", _) => new Save(rest),
        ("/scenes", "") => new Scenes(),
        ("/wait", "") => new Wait(),
        ("/help", "") => new Question(),
        ("/pause" or "/go" or "/stop" or "/end" or "/scenes" or "/wait" or "/help", _) => new Wrong($"{name} takes nothing behind it."),
        _ => new Wrong($"There is no '{name}'; /help says what there is."),
    };

    /// <summary>The command that ends a story after its scenes.</summary>
    public static StoryCommand End => new() { Stop = new() { AfterScenes = true } };

    private static DirectionLine Added(string prompt, uint frames, ScenePosition position) =>
        Scene(prompt, frames, out var wrong) is { } scene ? new Steer(new() { AddScenes = new() { Scenes = { scene }, Position = position } }) : wrong!;

    private static DirectionLine Changed(string rest, uint frames)
    {
        var parts = rest.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length < 2 || TryNumber(parts[0], uint.MaxValue) is not { } number)
        {
            return new Wrong("/change takes the number of a scene and what it shall be, as in: /change 3 The bear sleeps.");
        }

        return Scene(parts[1], frames, out var wrong) is { } scene ? new Steer(new() { ChangeScene = new() { Scene = number - 1, To = scene } }) : wrong!;
    }

    private static DirectionLine Removed(string rest)
    {
        var numbers = rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(part => TryNumber(part, uint.MaxValue)).ToList();
        return numbers.Count is 1 or 2 && numbers.TrueForAll(number => number is not null)
            ? new Steer(new() { RemoveScenes = new() { Scene = numbers[0]!.Value - 1, Count = numbers.ElementAtOrDefault(1) ?? 1 } })
            : new Wrong("/remove takes the number of a scene, and how many from there on, as in: /remove 3 2");
    }

    private static Scene? Scene(string prompt, uint frames, out Wrong? wrong)
    {
        List<string> problems = [];
        TextRules.Check(problems, "The prompt", prompt, TextRules.MaxPrompt, mayBeEmpty: false);
        wrong = problems.Count > 0 ? new(problems[0]) : null;
        return wrong is null ? new() { Prompt = prompt, Frames = frames } : null;
    }

    private static uint? TryNumber(string text, uint most) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;

    /// <summary>A command to the story.</summary>
    /// <param name="Command">Without a name.</param>
    public sealed record Steer(StoryCommand Command) : DirectionLine;

    /// <summary>Frames of scenes from now on.</summary>
    /// <param name="Number">At least 1.</param>
    public sealed record Frames(uint Number) : DirectionLine;

    /// <summary>The video as far as it has come.</summary>
    /// <param name="Path">What to write.</param>
    public sealed record Save(string Path) : DirectionLine;

    /// <summary>Which scenes there are.</summary>
    public sealed record Scenes : DirectionLine;

    /// <summary>No further line until the story waits for one.</summary>
    public sealed record Wait : DirectionLine;

    /// <summary>What can be typed.</summary>
    public sealed record Question : DirectionLine;

    /// <summary>A line that is none of these.</summary>
    /// <param name="Message">What is wrong with it.</param>
    public sealed record Wrong(string Message) : DirectionLine;
}
