using System.CommandLine;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Stories;
using Spectre.Console;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki story</c>: makes a video.</summary>
internal sealed class StoryCommand
{
    private readonly StoryOptions _options = new(needsPrompt: true);

    private StoryCommand()
    {
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var story = new StoryCommand();
        var command = new Command("story", "Makes a video of a story.");
        story._options.AddTo(command);
        command.SetAction(story.RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var story = _options.Read(parsed);
        var run = new StoryRun(
            story,
            (service, request, token) => new StoryClient(service, Progress(), TimeProvider.System).MakeAsync(story, request, token),
            seed => FormattableString.Invariant($"--seed {seed} makes the same video again."),
            _options.IsJson(parsed),
            TimeProvider.System);
        return _options.RunAsync(parsed, run, StoryKeeping.None, cancellationToken);
    }

    private static IStoryProgress Progress() => Console.IsErrorRedirected
        ? new LineProgress(Console.Error, TimeProvider.System)
        : new BarProgress(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }));
}
