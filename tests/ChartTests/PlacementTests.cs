using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>GPUs, nodes and sizes, for each service alone.</summary>
public sealed class PlacementTests(RenderedCharts charts) : ChartTest(charts)
{
    private const string Gpu = "nvidia.com/gpu";

    [Fact(Timeout = Patience)]
    public Task Gpus_OfEveryService_AreThoseThatItAsksFor() => NothingAsync(chart =>
        from service in MeshService.All
        let wanted = !chart.Switches.Gpu ? null : service.Name switch { "masked-transformer" => "2", "video-tokenizer" => "1", _ => null }
        let pod = chart.Manifests.Pod(service.Name)
        let resources = pod.Main.Resources
        where resources.Limits.TryGetValue(Gpu, out var limit) != (wanted is not null) || resources.Requests.TryGetValue(Gpu, out var request) != (wanted is not null) ||
            $"{limit}" != $"{request}" || (wanted is not null && $"{limit}" != wanted)
        select service.Name);

    [Fact(Timeout = Patience)]
    public Task Device_OfEveryModel_IsWhereItsPodIs() => NothingAsync(chart =>
        from worker in MeshService.Workers
        let pod = chart.Manifests.Pod(worker.Name)
        let hasGpu = pod.Main.Resources.Limits.ContainsKey(Gpu)
        where pod.Variable($"PHENAKI_{worker.Section}__Device") != (hasGpu ? "cuda" : "cpu") ||
            pod.Main.Image.EndsWith("-cuda", StringComparison.Ordinal) != hasGpu ||
            (pod.Spec.Tolerations ?? []).Any(t => t is { Key: Gpu, OperatorProperty: "Exists", Effect: "NoSchedule" }) != hasGpu
        select worker.Name);

    [Fact(Timeout = Patience)]
    public async Task Placement_OfOneService_IsItsOwn()
    {
        var chart = await Manifests.RenderAsync(
            """
            services:
              maskedTransformer:
                gpu: {count: 4, resource: amd.com/gpu}
                nodeSelector: {pool: large}
                tolerations: [{key: dedicated, operator: Equal, value: video, effect: NoExecute, tolerationSeconds: 60}]
                affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}
                priorityClassName: stories
                runtimeClassName: amd
                podAnnotations: {note: mine}
                env: [{name: MIOPEN_LOG_LEVEL, value: "3"}]
                image: {digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
            image: {registry: ghcr.io/acme/, tag: "2.0"}
            """,
            Cancellation);
        var pod = chart.Pod("masked-transformer");
        Assert.Equal("4", $"{pod.Main.Resources.Limits["amd.com/gpu"]}");
        Assert.Equal("large", pod.Spec.NodeSelector["pool"]);
        Assert.Equal(["dedicated", "amd.com/gpu"], pod.Spec.Tolerations.Select(t => t.Key));
        Assert.Equal("zone", pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchExpressions[0].Key);
        Assert.Equal(("stories", "amd", "mine", "3"), (pod.Spec.PriorityClassName, pod.Spec.RuntimeClassName, pod.Metadata.Annotations["note"], pod.Variable("MIOPEN_LOG_LEVEL")));
        Assert.Equal("ghcr.io/acme/phenaki-masked-transformer@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", pod.Main.Image);

        var other = chart.Pod("video-tokenizer");
        Assert.Equal("ghcr.io/acme/phenaki-video-tokenizer:2.0", other.Main.Image);
        Assert.True(other.Spec is { NodeSelector: null, Tolerations: null, Affinity: null, PriorityClassName: null, RuntimeClassName: null });
    }

    [Fact(Timeout = Patience)]
    public async Task Spread_SwitchedOff_IsLeftToTheScheduler() =>
        Assert.All((await Manifests.RenderAsync("topologySpread: {enabled: false}", Cancellation)).Pods, pod => Assert.Null(pod.Spec.TopologySpreadConstraints));
}
