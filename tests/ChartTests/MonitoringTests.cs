using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Phenaki.ChartTests.Kinds;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>The dashboards and rules in the chart's folder reach the cluster as they are.</summary>
public sealed class MonitoringTests(RenderedCharts charts) : ChartTest(charts)
{
    /// <summary>Files of the chart.</summary>
    public static string[] Files(string folder, string pattern) =>
        Directory.Exists(Path.Combine(HelmProgram.Chart, folder)) ? [.. Directory.GetFiles(Path.Combine(HelmProgram.Chart, folder), pattern).Order(StringComparer.Ordinal)] : [];

    [Fact]
    public void Files_OfTheChart_AreThere()
    {
        Assert.NotEmpty(Files("dashboards", "*.json"));
        Assert.NotEmpty(Files("alerts", "*.yaml"));
    }

    [Fact(Timeout = Patience)]
    public Task Dashboards_InEveryRendering_AreTheFilesToTheLastByte() => NothingAsync(chart =>
        from file in chart.Switches.Monitoring ? Files("dashboards", "*.json") : []
        let map = chart.Manifests.One<V1ConfigMap>($"{Names.Full}-dashboard-{Path.GetFileNameWithoutExtension(file)}")
        where map.Metadata.Labels["grafana_dashboard"] != "1" || map.Data.Single().Key != Path.GetFileName(file) ||
            map.Data.Single().Value.TrimEnd('\n') != File.ReadAllText(file).TrimEnd('\n') || JsonNode.Parse(map.Data.Single().Value) is null
        select file);

    [Fact(Timeout = Patience)]
    public Task Rules_InEveryRendering_AreThoseOfTheFiles() => NothingAsync(chart =>
        from file in chart.Switches.Monitoring ? Files("alerts", "*.yaml") : []
        let rule = chart.Manifests.One<PrometheusRule>($"{Names.Full}-{Path.GetFileNameWithoutExtension(file)}")
        let written = KubernetesYaml.Deserialize<PrometheusRule.Rules>(File.ReadAllText(file), strict: true)
        where written.Groups.Count == 0 || KubernetesYaml.Serialize(rule.Spec) != KubernetesYaml.Serialize(written)
        select file);

    [Fact(Timeout = Patience)]
    public async Task Labels_OfTheOperator_AreWherePrometheusAndGrafanaLook()
    {
        var chart = await Manifests.RenderAsync(
            "metrics: {serviceMonitor: {enabled: true, interval: 5s, labels: {release: prom}}, prometheusRule: {enabled: true, labels: {role: rules}}, dashboards: {enabled: true, labels: {folder: video}}}",
            Cancellation);
        var monitor = Assert.Single(chart.All<ServiceMonitor>());
        Assert.Equal(("prom", "5s"), (monitor.Metadata.Labels["release"], monitor.Spec.Endpoints.Single().Interval));
        Assert.All(chart.All<PrometheusRule>(), rule => Assert.Equal("rules", rule.Metadata.Labels["role"]));
        Assert.All(chart.All<V1ConfigMap>(), map => Assert.Equal(("video", "1"), (map.Metadata.Labels["folder"], map.Metadata.Labels["grafana_dashboard"])));
    }
}
