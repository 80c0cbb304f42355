using System.Globalization;
using System.Text.Json.Serialization;

namespace Phenaki.Benchmarks;

/// <summary>A measured number beside what it is compared with.</summary>
/// <param name="Name">Name, as in the README.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Baseline">What it is compared with, in the same unit; null where the value is a ratio already.</param>
/// <param name="Ratio">How good it is, next to the baseline: what <paramref name="Limit"/> speaks of.</param>
/// <param name="Limit">Goal for the ratio; null where none is set.</param>
/// <param name="AtLeast">True where the ratio is to be at least the limit, false where it is to be at most the limit.</param>
internal sealed record Figure(
    string Name, double Value, string Unit, double? Baseline, double Ratio, double? Limit, [property: JsonIgnore] bool AtLeast = true)
{
    /// <summary>Whether the goal is reached; true where none is set.</summary>
    [JsonIgnore]
    public bool Holds => Limit is not { } limit || (AtLeast ? Ratio >= limit : Ratio <= limit);

    /// <summary>A row of the report's table.</summary>
    public string ToMarkdown() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Name} | {Value:0.####} {Unit} | {Baseline:0.####} | {Ratio:0.###} | {(Limit is null ? "" : AtLeast ? "≥ " : "≤ ")}{Limit:0.###} | {(Limit is null ? "" : Holds ? "yes" : "no")} |");
}
