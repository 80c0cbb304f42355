using System.Text.RegularExpressions;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>The metrics and labels that an expression of PromQL names.</summary>
internal sealed partial class PromQuery
{
    private static readonly string[] Words = ["and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "inf", "nan"];

    /// <summary>Takes an expression apart. A metric is any name that is neither function nor keyword: a misspelt one is found too.</summary>
    public PromQuery(string expression)
    {
        Expression = expression;
        var rest = Grouping().Replace(expression, match =>
        {
            Groups.UnionWith(match.Groups["labels"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            return " ";
        });
        rest = Duration().Replace(rest, " ");
        foreach (Match match in SelectorText().Matches(rest))
        {
            if (!Words.Contains(match.Groups["name"].Value))
            {
                Selectors.Add(new(match.Groups["name"].Value,
                    [.. Matcher().Matches(match.Groups["matchers"].Value).Select(one => (one.Groups["label"].Value, one.Groups["value"].Value))]));
            }
        }
    }

    public string Expression { get; }

    /// <summary>Labels that results are grouped by.</summary>
    public ISet<string> Groups { get; } = new HashSet<string>(StringComparer.Ordinal);

    public List<Selected> Selectors { get; } = [];

    /// <summary>A metric with the labels, and their values, that are asked for.</summary>
    internal sealed record Selected(string Metric, IReadOnlyList<(string Label, string Value)> Matchers);

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Duration();

    [GeneratedRegex(@"\b(?<name>[a-zA-Z_:][\w:]*)\b(?!\s*\()(\s*\{(?<matchers>[^}]*)\})?")]
    private static partial Regex SelectorText();

    [GeneratedRegex(@"(?<label>\w+)\s*(=~|!~|!=|=)\s*""(?<value>[^""]*)""")]
    private static partial Regex Matcher();
}
