using System.Globalization;
using System.Text.RegularExpressions;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>What Prometheus reads from an endpoint: series with their labels and values.</summary>
internal sealed partial class PrometheusText
{
    private readonly List<Series> _series = [];

    /// <summary>Names of the series, as in "phenaki_queue_wait_seconds_bucket".</summary>
    public IReadOnlySet<string> Names => _series.Select(series => series.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Adds the text of an endpoint.</summary>
    public PrometheusText Add(string text)
    {
        foreach (Match line in Line().Matches(text))
        {
            _series.Add(new(
                line.Groups["name"].Value,
                Label().Matches(line.Groups["labels"].Value).ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value),
                double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }

        return this;
    }

    /// <summary>The values that a label of a series has; nothing when it has no such label.</summary>
    public IReadOnlySet<string> Values(string name, string label) =>
        _series.Where(series => series.Name == name && series.Labels.ContainsKey(label)).Select(series => series.Labels[label]).ToHashSet(StringComparer.Ordinal);

    /// <summary>Names of the labels of a series.</summary>
    public IReadOnlySet<string> Labels(string name) =>
        _series.Where(series => series.Name == name).SelectMany(series => series.Labels.Keys).ToHashSet(StringComparer.Ordinal);

    /// <summary>The sum of all series with such labels.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) => _series
        .Where(series => series.Name == name && labels.All(label => series.Labels.GetValueOrDefault(label.Label) == label.Value))
        .Sum(series => series.Value);

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?\r?$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<name>\w+)=""(?<value>(\\.|[^""\\])*)""")]
    private static partial Regex Label();

    private sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
}
