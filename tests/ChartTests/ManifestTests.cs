using k8s.Models;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>Whatever the switches say, helm makes objects that Kubernetes takes: reading them into its types is strict.</summary>
public sealed class ManifestTests(RenderedCharts charts) : ChartTest(charts)
{
    [Fact(Timeout = Patience)]
    public Task Objects_Everywhere_HaveANameOfTheirOwn() => NothingAsync(chart => chart.Manifests.Objects
        .GroupBy(o => (o.ApiVersion, o.Kind, o.Metadata.Name))
        .Where(same => same.Count() > 1 || string.IsNullOrEmpty(same.Key.Name))
        .Select(same => $"{same.Key} is there {same.Count()} times"));

    [Fact(Timeout = Patience)]
    public Task Objects_Everywhere_LieInTheNamespaceOfTheRelease() => NothingAsync(chart => chart.Manifests.Objects
        .Where(o => o.Metadata.NamespaceProperty != Names.Namespace)
        .Select(o => $"{o.Kind} {o.Metadata.Name} lies in {o.Metadata.NamespaceProperty}"));

    [Fact(Timeout = Patience)]
    public Task Objects_Everywhere_HaveTheRecommendedLabels() => NothingAsync(chart =>
        from o in chart.Manifests.Objects
        from label in new[] { "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart" }
        where o.Metadata.Labels?.ContainsKey(label) != true
        select $"{o.Kind} {o.Metadata.Name} lacks the label {label}");

    [Fact(Timeout = Patience)]
    public Task Kinds_Everywhere_AreThoseThatTheSwitchesAskFor() => NothingAsync(chart =>
    {
        var s = chart.Switches;
        Dictionary<string, int> expected = new()
        {
            ["Deployment"] = s.Redis == RedisSwitch.Bundled ? 5 : 4,
            ["Service"] = s.Redis == RedisSwitch.Bundled ? 6 : 5,
            ["Secret"] = s.Redis == RedisSwitch.Bundled ? 1 : 0,
            ["ServiceAccount"] = 1,
            ["Pod"] = 1,
            ["PodDisruptionBudget"] = 4,
            ["HorizontalPodAutoscaler"] = s.Scaling == ScalingSwitch.Hpa ? 4 : 0,
            ["ScaledObject"] = s.Scaling == ScalingSwitch.Keda ? 4 : 0,
            ["NetworkPolicy"] = s.NetworkPolicy ? s.Redis == RedisSwitch.Bundled ? 7 : 6 : 0,
            ["Certificate"] = s.Tls == TlsSwitch.MutualCertManager ? 4 : 0,
            ["Ingress"] = s.Door == DoorSwitch.Ingress ? 1 : 0,
            ["GRPCRoute"] = s.Door == DoorSwitch.Gateway ? 1 : 0,
            ["ServiceMonitor"] = s.Monitoring ? 1 : 0,
            ["PrometheusRule"] = s.Monitoring ? MonitoringTests.Files("alerts", "*.yaml").Length : 0,
            ["ConfigMap"] = (s.Monitoring ? MonitoringTests.Files("dashboards", "*.json").Length : 0) + (s.Models is ModelsSwitch.CheckedVolume or ModelsSwitch.Download ? 1 : 0),
        };
        var found = chart.Manifests.Objects.CountBy(o => o.Kind).ToDictionary();
        return expected.Keys.Union(found.Keys)
            .Where(kind => expected.GetValueOrDefault(kind) != found.GetValueOrDefault(kind))
            .Select(kind => $"{found.GetValueOrDefault(kind)} objects of kind {kind} instead of {expected.GetValueOrDefault(kind)}");
    });

    [Fact(Timeout = Patience)]
    public Task Mounts_OfEveryContainer_AreVolumesOfItsPodAndAllAreMounted() => NothingAsync(chart =>
        from pod in chart.Manifests.Pods
        let volumes = pod.Spec.Volumes.Select(v => v.Name).ToArray()
        let mounts = pod.Containers.SelectMany(c => c.VolumeMounts).Select(m => m.Name).Distinct().ToArray()
        where !volumes.Order().SequenceEqual(mounts.Order())
        select $"{pod.Name} has the volumes {string.Join(", ", volumes)} and mounts {string.Join(", ", mounts)}");

    [Fact(Timeout = Patience)]
    public Task Variables_OfEveryContainer_AreSetOnce() => NothingAsync(chart =>
        from pod in chart.Manifests.Pods
        from container in pod.Containers
        from same in (container.Env ?? []).GroupBy(variable => variable.Name)
        where same.Count() > 1
        select $"{pod.Name} sets {same.Key} {same.Count()} times");

    [Fact(Timeout = Patience)]
    public Task References_ToWhatTheChartMakes_AreToObjectsThatItMakes() => NothingAsync(chart =>
        from pod in chart.Manifests.Pods
        from name in OwnReferences(pod.Spec)
        where name.StartsWith(Names.Full, StringComparison.Ordinal) && !Made(chart).Contains(name)
        select $"{pod.Name} refers to {name}, which nothing makes");

    [Fact(Timeout = Patience)]
    public async Task Names_WithTheLongestRelease_AreShortEnough()
    {
        string release = new('r', 53);
        var result = await HelmProgram.RunAsync(["template", release, HelmProgram.Chart], "", Cancellation);
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain(
            result.Output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("name: r", StringComparison.Ordinal)),
            line => line["name: ".Length..].Length > 63);
    }

    [Fact(Timeout = Patience)]
    public async Task Labels_OfTheOperator_NeverReplaceThoseThatSelect()
    {
        var chart = await Manifests.RenderAsync(
            "commonLabels: {team: film, app.kubernetes.io/component: mine}\nservices: {textEncoder: {podLabels: {app.kubernetes.io/instance: mine, tier: gpu}}}", Cancellation);
        var pod = chart.Pod("text-encoder");
        Assert.Equal((Names.Release, "film", "gpu"), (pod.Metadata.Labels["app.kubernetes.io/instance"], pod.Metadata.Labels["team"], pod.Metadata.Labels["tier"]));
        Assert.All(chart.All<V1Service>(), service => Assert.Equal("film", service.Metadata.Labels["team"]));
    }

    private static IEnumerable<string> OwnReferences(V1PodSpec spec) =>
    [
        spec.ServiceAccountName,
        .. spec.Volumes.Select(v => v.Secret?.SecretName ?? v.ConfigMap?.Name).OfType<string>(),
        .. spec.Containers.SelectMany(c => c.Env ?? []).Select(e => e.ValueFrom?.SecretKeyRef?.Name).OfType<string>(),
    ];

    private static HashSet<string> Made(RenderedChart chart) =>
    [
        .. chart.Manifests.Objects.Where(o => o is V1Secret or V1ConfigMap or V1ServiceAccount).Select(o => o.Metadata.Name),
        .. chart.Manifests.All<Kinds.Certificate>().Select(c => c.Spec.SecretName!),
    ];
}
