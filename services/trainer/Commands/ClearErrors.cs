using System.CommandLine;
using Phenaki.Media;
using Phenaki.Models.Folders;

namespace Phenaki.Trainer.Commands;

/// <summary>Ends a command with a sentence where a user can help, and with the whole trace where only a programmer can.</summary>
internal static class ClearErrors
{
    /// <summary>Runs a command.</summary>
    /// <returns>0, or 1 after an error.</returns>
    public static async Task<int> ReportAsync(ParseResult parsed)
    {
        // A run that is asked to stop ends its step and saves: that takes longer than the two seconds that are usual.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1), EnableDefaultExceptionHandler = false };
        try
        {
            return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or UnauthorizedAccessException or MediaException or ModelFormatException)
        {
            await Console.Error.WriteLineAsync(error is IOException ? $"{error.Message} (The last good checkpoint is kept.)" : error.Message).ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.").ConfigureAwait(false);
            return 1;
        }
    }
}
