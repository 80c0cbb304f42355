using System.CommandLine;
using System.Security.Cryptography;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Stories;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki direct</c>: makes a video of what is typed while it is made.</summary>
internal sealed class DirectCommand
{
    private const int NameDigits = 32;

    private readonly StoryOptions _options = new(needsPrompt: false);

    private DirectCommand()
    {
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var direct = new DirectCommand();
        var command = new Command("direct", "Makes a video of what is typed while it is made, line by line; /help among them says what can be typed.");
        direct._options.AddTo(command);
        command.SetAction(direct.RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var story = _options.Read(parsed);
        var run = new StoryRun(
            story,
            async (service, request, token) =>
            {
                var name = RandomNumberGenerator.GetHexString(NameDigits, lowercase: true);
                using var director = new DirectionClient(service, Console.In, Console.Error, name, TimeProvider.System);
                return await director.MakeAsync(story, request, token);
            },
            _ => "with it, these scenes and their frames make the same video again; --json tells them.",
            _options.IsJson(parsed),
            TimeProvider.System);
        return _options.RunAsync(parsed, run, StoryKeeping.Process, cancellationToken);
    }
}
