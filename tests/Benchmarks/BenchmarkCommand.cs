using System.CommandLine;
using System.Text.Json;
using BenchmarkDotNet.Running;

namespace Phenaki.Benchmarks;

/// <summary>The command: measures what is asked for, prints it, and writes the report.</summary>
internal static class BenchmarkCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Creates it.</summary>
    public static RootCommand Create()
    {
        var only = new Option<string[]>("--only") { Description = "Names of benchmarks; all where none is named.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. BenchmarkList.All.Select(benchmark => benchmark.Name)]);
        var json = new Option<bool>("--json") { Description = "Prints a JSON line for each figure." };
        var report = new Option<FileInfo?>("--report") { Description = "Markdown file to write." };
        var command = new RootCommand("Measures what the services reach, next to what the machine and the parts can do.") { only, json, report };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(only) ?? [], parsed.GetValue(json), parsed.GetValue(report), cancellationToken));
        var kernels = new Command("kernels", "Measures small pieces with BenchmarkDotNet; further arguments are its own.") { TreatUnmatchedTokensAsErrors = false };
        kernels.SetAction(parsed => { BenchmarkSwitcher.FromAssembly(typeof(BenchmarkCommand).Assembly).Run([.. parsed.UnmatchedTokens.DefaultIfEmpty("--filter=*")]); });
        command.Add(kernels);
        return command;
    }

    private static async Task<int> RunAsync(string[] only, bool json, FileInfo? report, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        var missing = new List<string>();
        foreach (var benchmark in BenchmarkList.All.Where(benchmark => only.Length == 0 || only.Contains(benchmark.Name)))
        {
            if (benchmark.Missing is { } reason)
            {
                missing.Add($"`{benchmark.Name}` {reason}");
                await Console.Error.WriteLineAsync($"{benchmark.Name}: not measured: {reason}");
                continue;
            }

            await foreach (var figure in benchmark.RunAsync(cancellationToken))
            {
                figures.Add(figure);
                await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(figure, Json) : figure.ToMarkdown());
            }
        }

        if (report is not null)
        {
            await new BenchmarkReport(Machine.Describe(), figures, missing).WriteAsync(report, cancellationToken);
        }

        return 0;
    }
}
