using System.CommandLine;

namespace Phenaki.Cli.Commands;

/// <summary>The command <c>phenaki</c>.</summary>
internal static class PhenakiCommand
{
    // Services that are told to stop are given this long to let go of what they hold.
    private static readonly TimeSpan Termination = TimeSpan.FromSeconds(20);

    /// <summary>Runs one command line.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync($"phenaki {string.Join(' ', Path(parsed))}--help says what there is.");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Termination });
        }
        catch (Exception failure)
        {
            var report = ErrorReport.Of(failure);
            foreach (var line in report.Lines)
            {
                await Console.Error.WriteLineAsync(line);
            }

            return report.ExitCode;
        }
    }

    private static RootCommand Create() => new("Turns stories, prompts that change over time, into videos (Phenaki, arXiv 2210.02399).")
    {
        StoryCommand.Create(),
        DirectCommand.Create(),
        ServeCommand.Create(),
        ModelCommand.Create(),
        EncodePromptCommand.Create(),
        EncodeVideoCommand.Create(),
        DecodeTokensCommand.Create(),
        SampleCommand.Create(),
        KeyCommand.Create(),
    };

    private static IEnumerable<string> Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? [] : [$"{parsed.CommandResult.Command.Name} "];
}
