using System.Text;

namespace Phenaki.Benchmarks;

/// <summary>The report: what was measured, on what, of which commit.</summary>
internal sealed class BenchmarkReport(IReadOnlyList<(string Name, string Value)> machine, IReadOnlyList<Figure> figures, IReadOnlyList<string> missing)
{
    /// <summary>Writes it aside and renames it.</summary>
    public async Task WriteAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("# Benchmarks\n\nMade by the command in [README.md](README.md), which says what each figure is.\n\n| | |\n|---|---|\n");
        foreach (var (name, value) in machine)
        {
            text.Append($"| {name} | {value} |\n");
        }

        text.Append("\n| figure | value | baseline | ratio | goal | reached |\n|---|---|---|---|---|---|\n");
        foreach (var figure in figures)
        {
            text.Append(figure.ToMarkdown()).Append('\n');
        }

        if (missing.Count > 0)
        {
            text.Append("\nNot measured: ").AppendJoin("; ", missing).Append(".\n");
        }

        string aside = file.FullName + ".new";
        await File.WriteAllTextAsync(aside, text.ToString(), cancellationToken);
        File.Move(aside, file.FullName, overwrite: true);
    }
}
