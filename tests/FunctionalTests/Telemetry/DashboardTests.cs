using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Phenaki.Testing;
using YamlDotNet.RepresentationModel;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>Dashboard, alert rules and README name only what running services export, and the README all of it.</summary>
[Collection(nameof(ObservedMesh))]
public sealed partial class DashboardTests(ObservedMesh observed)
{
    // Put on by whoever scrapes.
    private static readonly string[] TargetLabels = ["job", "instance", "namespace", "pod"];

    // Exported only where there is a GPU; MetricsListenerTests has some.
    private static readonly Dictionary<string, string[]> OnlyWithGpu = new()
    {
        ["phenaki_gpu_memory_used_bytes"] = ["gpu"],
        ["phenaki_gpu_memory_limit_bytes"] = ["gpu"],
    };

    private PrometheusText Exported => observed.Metrics;

    [Fact]
    public void Dashboard_EveryExpression_NamesWhatIsExported()
    {
        var panels = Dashboard()["panels"]!.AsArray();
        var targets = panels.SelectMany(panel => panel!["targets"]?.AsArray() ?? []).ToList();
        Assert.True(targets.Count > 30);
        Assert.Empty(targets.SelectMany(target => Problems(new((string)target!["expr"]!), (string)target["legendFormat"]!)));
        var variables = Dashboard()["templating"]!["list"]!.AsArray().Where(variable => (string)variable!["type"]! == "query");
        Assert.Empty(variables.SelectMany(variable =>
        {
            var match = LabelValues().Match((string)variable!["query"]!["query"]!);
            return Problems(new($"sum by ({match.Groups["label"].Value}) ({match.Groups["metric"].Value})"), "");
        }));
    }

    [Fact]
    public void Dashboard_PanelsAndVariables_HaveIdsAndADataSource()
    {
        var panels = Dashboard()["panels"]!.AsArray();
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel!["id"]!).Distinct().Count());
        Assert.Equal("phenaki", (string)Dashboard()["uid"]!);
        Assert.All(panels.Where(panel => (string)panel!["type"]! != "row"), panel => Assert.Equal("${datasource}", (string)panel!["datasource"]!["uid"]!));
    }

    [Fact]
    public void Alerts_EveryRule_NamesWhatIsExported()
    {
        var rules = Rules().ToList();
        Assert.True(rules.Count > 10);
        Assert.Empty(rules.SelectMany(rule => Problems(new(rule.Expression), string.Join(' ', LabelInText().Matches(rule.Words).Select(match => $"{{{{{match.Groups["label"].Value}}}}}")))));
    }

    [Fact]
    public void Alerts_EveryRule_SaysHowBadItIsAndWhatToDo()
    {
        Assert.All(Rules(), rule =>
        {
            Assert.Contains(rule.Severity, new[] { "critical", "warning" });
            Assert.StartsWith("Phenaki", rule.Name, StringComparison.Ordinal);
            Assert.True(rule.Words.Length > 40);
        });
        Assert.Equal(Rules().Count(), Rules().Select(rule => rule.Name).Distinct().Count());
    }

    [Fact]
    public void Readme_TableOfMetrics_IsWhatIsExported()
    {
        var readme = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "services", "shared", "Phenaki.ServiceDefaults", "README.md"));
        var documented = MetricRow().Matches(readme).ToDictionary(
            match => match.Groups["name"].Value,
            match => match.Groups["labels"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(label => label.Trim('`')).Order(StringComparer.Ordinal).ToArray());
        var exported = Exported.Names
            .Where(name => name.StartsWith("phenaki_", StringComparison.Ordinal) || name.StartsWith("rpc_", StringComparison.Ordinal))
            .Select(name => Histogram().Replace(name, ""))
            .Concat(OnlyWithGpu.Keys)
            .Distinct();
        Assert.Equal(exported.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        Assert.All(documented, one => Assert.Equal(one.Value, Labels(one.Key)));
    }

    [Fact]
    public void Metrics_AfterTwoStoriesAndARefusal_HaveTheirValues()
    {
        Assert.Equal(2, Exported.Sum("phenaki_story_ended_total", ("outcome", "finished")));
        Assert.Equal(1, Exported.Sum("phenaki_story_ended_total", ("outcome", "cancelled")));
        Assert.Equal(0, Exported.Sum("phenaki_story_running"));
        Assert.Equal(1, Exported.Sum("phenaki_refusals_total", ("component", "orchestrator"), ("reason", "queue_full")));
        Assert.Equal(1, Exported.Sum("rpc_server_call_duration_seconds_count", ("rpc_method", "GenerateStory"), ("rpc_grpc_status_code", "8")));
        Assert.Equal(2, Exported.Sum("phenaki_cache_hits_total", ("kind", "prompt")));
        var clips = Exported.Sum("phenaki_story_clips_total", ("source", "cache"));
        Assert.True(clips > 0);
        Assert.Equal(clips, Exported.Sum("phenaki_cache_hits_total", ("kind", "frames")));
        Assert.InRange(Exported.Sum("phenaki_story_first_frame_duration_seconds_count"), 2, 3);
        Assert.Equal(2, Exported.Sum("phenaki_story_duration_seconds_count"));
        Assert.Equal(1, Exported.Sum("phenaki_queue_capacity", ("component", "orchestrator")));
        Assert.Equal(0, Exported.Sum("phenaki_queue_depth"));
        Assert.Equal(0, Exported.Sum("phenaki_internal_errors_total"));
        Assert.Equal(3, Exported.Sum("phenaki_model_info"));
        Assert.All(Exported.Values("phenaki_model_info", "fingerprint"), fingerprint => Assert.Matches("^[0-9a-f]{64}$", fingerprint));
        Assert.True(Exported.Sum("phenaki_queue_wait_seconds_count", ("component", "masked-transformer")) >= clips);
        Assert.Equal(
            Exported.Sum("phenaki_masked_transformer_step_duration_seconds_count"), Exported.Sum("phenaki_batch_size_count", ("component", "masked-transformer")));
    }

    private static JsonNode Dashboard() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "helm", "phenaki", "dashboards", "phenaki.json")))!;

    private static IEnumerable<Rule> Rules()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "helm", "phenaki", "alerts", "phenaki.yaml"))));
        foreach (var rule in ((YamlSequenceNode)yaml.Documents[0].RootNode["groups"]).SelectMany(group => (YamlSequenceNode)group["rules"]))
        {
            yield return new(
                (string)rule["alert"]!, (string)rule["expr"]!, (string)rule["labels"]["severity"]!, $"{rule["annotations"]["summary"]} {rule["annotations"]["description"]}");
        }
    }

    /// <summary>What an expression names that no service exports, or what is written beside it names and it does not give.</summary>
    private IEnumerable<string> Problems(PromQuery query, string legend)
    {
        if (query.Selectors.Count == 0)
        {
            yield return $"no metric in {query.Expression}";
        }

        foreach (var (metric, matchers) in query.Selectors)
        {
            var labels = Labels(metric);
            if (labels is null)
            {
                yield return $"{metric} is not exported: {query.Expression}";
                continue;
            }

            foreach (var label in query.Groups.Concat(matchers.Select(one => one.Label)).Except(TargetLabels).Except(labels))
            {
                yield return $"{metric} has no label {label}: {query.Expression}";
            }

            foreach (var (label, value) in matchers.Where(one => !one.Value.StartsWith('$')))
            {
                foreach (var missing in value.Split('|').Except(Exported.Values(metric, label)))
                {
                    yield return $"{metric} never has {label}={missing}: {query.Expression}";
                }
            }
        }

        // Grouped results have no other labels; absent() gives those that were asked for.
        var given = query.Groups.Count > 0
            ? query.Groups
            : query.Selectors.SelectMany(one => one.Matchers.Select(matcher => matcher.Label).Concat(Labels(one.Metric) ?? [])).ToHashSet();
        foreach (var label in LegendLabel().Matches(legend).Select(match => match.Groups["label"].Value).Except(given))
        {
            yield return $"{{{{{label}}}}} is no label of {query.Expression}";
        }
    }

    /// <summary>Labels of a metric in order, null for one that is not exported; of a histogram without le unless it is asked for.</summary>
    private string[]? Labels(string metric)
    {
        if (OnlyWithGpu.TryGetValue(metric, out var labels))
        {
            return labels;
        }

        var series = Exported.Names.Contains(metric) ? metric : $"{metric}_count";
        return Exported.Names.Contains(series) ? [.. Exported.Labels(series).Order(StringComparer.Ordinal)] : null;
    }

    [GeneratedRegex(@"^label_values\((?<metric>\w+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\{\{ *\$labels\.(?<label>\w+)")]
    private static partial Regex LabelInText();

    [GeneratedRegex(@"\{\{(?<label>\w+)\}\}")]
    private static partial Regex LegendLabel();

    [GeneratedRegex(@"^\| `(?<name>(phenaki|rpc)_\w+)` \| \w+ \| (?<labels>[^|]*?) *\|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Histogram();

    private sealed record Rule(string Name, string Expression, string Severity, string Words);
}
