using System.Globalization;
using k8s.Models;
using Phenaki.ChartTests.Kinds;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>Each service scales alone, on its own load.</summary>
public sealed class ScalingTests(RenderedCharts charts) : ChartTest(charts)
{
    private const string Metric = "phenaki_queue_depth";

    [Fact(Timeout = Patience)]
    public Task Replicas_OfEveryService_AreSetByOneAlone() => NothingAsync(chart =>
        from pod in chart.Manifests.Services
        where (pod.Deployment!.Spec.Replicas is null) != (chart.Switches.Scaling != ScalingSwitch.Fixed)
        select pod.Name);

    [Fact(Timeout = Patience)]
    public Task Autoscalers_OfEveryService_AimAtItsDeploymentAndItsQueue() => NothingAsync(chart =>
        from scaler in chart.Manifests.All<V2HorizontalPodAutoscaler>()
        let target = scaler.Spec.ScaleTargetRef
        let metric = scaler.Spec.Metrics.Single()
        where target is not { ApiVersion: "apps/v1", Kind: "Deployment" } || target.Name != scaler.Metadata.Name || chart.Manifests.One<V1Deployment>(target.Name) is null ||
            metric is not { Type: "Pods", Pods: { Metric.Name: Metric, Target.Type: "AverageValue" } } ||
            !int.TryParse(metric.Pods.Target.AverageValue.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var load) || load < 1 ||
            scaler.Spec.MinReplicas < 1 || scaler.Spec.MaxReplicas < scaler.Spec.MinReplicas || scaler.Spec.Behavior.ScaleDown.StabilizationWindowSeconds != 300
        select scaler.Metadata.Name);

    [Fact(Timeout = Patience)]
    public Task ScaledObjects_OfEveryService_AimAtItsDeploymentAndItsQueue() => NothingAsync(chart =>
        from scaler in chart.Manifests.All<ScaledObject>()
        let target = scaler.Spec.ScaleTargetRef!
        let trigger = scaler.Spec.Triggers.Single()
        where target is not { ApiVersion: "apps/v1", Kind: "Deployment" } || target.Name != scaler.Metadata.Name || chart.Manifests.One<V1Deployment>(target.Name) is null ||
            trigger is not { Type: "prometheus", MetricType: "AverageValue" } || trigger.Metadata["serverAddress"] != "http://prometheus.monitoring.svc:9090" ||
            trigger.Metadata["query"] != $"sum({Metric}{{namespace=\"{Names.Namespace}\",pod=~\"{target.Name}-.*\"}})" ||
            !int.TryParse(trigger.Metadata["threshold"], NumberStyles.None, CultureInfo.InvariantCulture, out var load) || load < 1 ||
            scaler.Spec.MinReplicaCount < 1 || scaler.Spec.MaxReplicaCount < scaler.Spec.MinReplicaCount ||
            scaler.Spec.Advanced!.HorizontalPodAutoscalerConfig!.Behavior!.ScaleDown.StabilizationWindowSeconds != 300
        select scaler.Metadata.Name);

    [Theory(Timeout = Patience)]
    [InlineData("hpa: {enabled: true}")]
    [InlineData("keda: {enabled: true, prometheusAddress: 'http://p'}")]
    public async Task Service_ThatIsLeftOut_KeepsItsReplicas(string scaling)
    {
        var chart = await Manifests.RenderAsync(
            $"autoscaling: {{{scaling}}}\nservices: {{orchestrator: {{replicas: 3, autoscaling: {{enabled: false}}}}, textEncoder: {{autoscaling: {{minReplicas: 2, maxReplicas: 20, targetLoad: 7}}}}}}",
            Cancellation);
        Assert.Equal(3, chart.Pod("orchestrator").Deployment!.Spec.Replicas);
        Assert.Null(chart.Pod("text-encoder").Deployment!.Spec.Replicas);
        Assert.Equal(3, chart.All<V2HorizontalPodAutoscaler>().Count() + chart.All<ScaledObject>().Count());
        var set = chart.All<V2HorizontalPodAutoscaler>().Select(s => (s.Metadata.Name, s.Spec.MinReplicas, s.Spec.MaxReplicas, $"{s.Spec.Metrics[0].Pods.Target.AverageValue}"))
            .Concat(chart.All<ScaledObject>().Select(s => (s.Metadata.Name, s.Spec.MinReplicaCount, s.Spec.MaxReplicaCount!.Value, s.Spec.Triggers[0].Metadata["threshold"])));
        Assert.Contains(($"{Names.Full}-text-encoder", 2, 20, "7"), set);
    }
}
