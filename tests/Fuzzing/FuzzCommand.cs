using System.CommandLine;
using System.Globalization;
using Phenaki.Fuzzing.Targets;

namespace Phenaki.Fuzzing;

/// <summary>The command: fuzzes what is asked for, says what came of it, and ends with 1 when something was found.</summary>
internal static class FuzzCommand
{
    /// <summary>Creates it.</summary>
    public static RootCommand Create()
    {
        var seed = new Option<int>("--seed") { Description = "Of the random numbers; the same seed gives the same cases.", DefaultValueFactory = _ => FuzzSettings.DefaultSeed };
        var count = new Option<int>("--count") { Description = "Cases for each target.", DefaultValueFactory = _ => 100_000 };
        var first = new Option<int>("--first") { Description = "Number of the first case: with --count 1, the case that a report names." };
        var only = new Option<string[]>("--only") { Description = "Targets.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. FuzzTargets.Names]);
        var command = new RootCommand("Sends damaged messages to the services, and damaged files to their readers.") { seed, count, first, only };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new() { Seed = parsed.GetValue(seed), Count = parsed.GetValue(count), First = parsed.GetValue(first) },
            parsed.GetValue(only) is { Length: > 0 } chosen ? chosen : FuzzTargets.Names,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FuzzSettings settings, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var found = 0;
        foreach (var name in names)
        {
            await using var target = FuzzTargets.Create(name);
            var report = await new FuzzRun(settings, TimeProvider.System).RunAsync(target, cancellationToken);
            await Console.Out.WriteLineAsync(report.ToString());
            found += report.Findings.Count;
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{found} findings"));
        return found == 0 ? 0 : 1;
    }
}
