using System.Globalization;
using System.Text;

namespace Phenaki.Fuzzing;

/// <summary>What came of a run.</summary>
/// <param name="Target">What was fuzzed.</param>
/// <param name="Cases">Cases that were run.</param>
/// <param name="Outcomes">How many cases ended how.</param>
/// <param name="Findings">What must not be, with the number of its case.</param>
/// <param name="Memory">Living tensors and bytes after each round.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record FuzzReport(
    string Target,
    int Cases,
    IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyList<FuzzFinding> Findings,
    IReadOnlyList<MemoryUse> Memory,
    TimeSpan Duration)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Target}: {Cases} cases in {Duration.TotalSeconds:0.0} s, {Findings.Count} findings");
        foreach (var (outcome, count) in Outcomes.OrderByDescending(o => o.Value))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {count,8} {outcome}");
        }

        if (Memory.Count > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  memory after the first round {Memory[0]}, after the last {Memory[^1]}");
        }

        foreach (var finding in Findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  FOUND in case {finding.Number}: {finding.What}");
        }

        return text.ToString();
    }
}
