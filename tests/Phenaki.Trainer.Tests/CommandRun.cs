using System.CommandLine;

namespace Phenaki.Trainer.Tests;

/// <summary>Runs the trainer's commands in the test's own process; what they throw comes out as it is.</summary>
internal static class CommandRun
{
    /// <returns>The exit status.</returns>
    public static Task<int> RunAsync(this Command command, IReadOnlyList<string> arguments, TextWriter? output = null)
    {
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        if (output is not null)
        {
            invocation.Output = output;
        }

        return command.Parse(arguments).InvokeAsync(invocation, TestContext.Current.CancellationToken);
    }
}
