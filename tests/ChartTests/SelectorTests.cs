using k8s.Models;
using Phenaki.ChartTests.Kinds;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>What selects pods selects those that it means, and ports are the same wherever they are named.</summary>
public sealed class SelectorTests(RenderedCharts charts) : ChartTest(charts)
{
    [Fact(Timeout = Patience)]
    public Task Deployments_All_SelectTheirOwnPodsAlone() => NothingAsync(chart =>
        from deployment in chart.Manifests.All<V1Deployment>()
        let selected = Selected(chart, deployment.Spec.Selector.MatchLabels)
        where selected is not [var only] || only.Deployment != deployment
        select $"{deployment.Metadata.Name} selects {string.Join(", ", selected.Select(p => p.Name))}");

    [Fact(Timeout = Patience)]
    public Task Services_All_SelectThePodsOfTheirComponent() => NothingAsync(chart =>
        from service in chart.Manifests.All<V1Service>()
        let selected = Selected(chart, service.Spec.Selector)
        where selected is not [var only] || only.Component != service.Metadata.Labels["app.kubernetes.io/component"]
        select $"{service.Metadata.Name} selects {string.Join(", ", selected.Select(p => p.Name))}");

    [Fact(Timeout = Patience)]
    public Task Services_All_SendToPortsThatTheirPodsHave() => NothingAsync(chart =>
        from service in chart.Manifests.All<V1Service>()
        let pod = Selected(chart, service.Spec.Selector).Single()
        from port in service.Spec.Ports
        where pod.Main.Ports.All(p => p.Name != port.TargetPort.Value)
        select $"{service.Metadata.Name} sends {port.Name} to {port.TargetPort.Value}, which its pods do not have");

    [Fact(Timeout = Patience)]
    public Task HeadlessServices_OfTheFour_AreWhatTheOrchestratorBalancesOver() => NothingAsync(chart =>
        from worker in MeshService.Workers
        let service = chart.Manifests.One<V1Service>($"{Names.Full}-{worker.Name}")
        let address = chart.Manifests.Pod("orchestrator").Variable($"PHENAKI_Orchestrator__{worker.Section}Address")
        where service.Spec.ClusterIP != "None" || service.Spec.Ports.Single(p => p.Name == "grpc").Port != worker.Port ||
            address != $"dns:///{service.Metadata.Name}.{Names.Namespace}.svc:{worker.Port}"
        select $"{worker.Name} is called at {address}");

    [Fact(Timeout = Patience)]
    public Task HeadlessService_OfTheOrchestrator_IsForClientsThatBalance() => NothingAsync(chart =>
    {
        var headless = chart.Manifests.One<V1Service>($"{Names.Full}-orchestrator");
        var front = chart.Manifests.One<V1Service>(Names.Full);
        return headless.Spec.ClusterIP == "None" && front.Spec is { ClusterIP: null, Type: "ClusterIP" } ? [] : ["the orchestrator's two Services"];
    });

    [Fact(Timeout = Patience)]
    public Task PodDisruptionBudgets_All_GuardTheirOwnPodsAlone() => NothingAsync(chart =>
        from budget in chart.Manifests.All<V1PodDisruptionBudget>()
        let selected = Selected(chart, budget.Spec.Selector.MatchLabels)
        where selected is not [var only] || only.Name != budget.Metadata.Name || budget.Spec.MaxUnavailable is null || budget.Spec.MinAvailable is not null
        select $"{budget.Metadata.Name} guards {string.Join(", ", selected.Select(p => p.Name))}");

    [Fact(Timeout = Patience)]
    public Task Spread_OfEveryService_CountsItsOwnPodsOfOneRollout() => NothingAsync(chart =>
        from pod in chart.Manifests.Services
        let spread = pod.Spec.TopologySpreadConstraints
        where !spread.Select(s => s.TopologyKey).SequenceEqual(["topology.kubernetes.io/zone", "kubernetes.io/hostname"]) ||
            spread.Any(s => Selected(chart, s.LabelSelector.MatchLabels) is not [var only] || only.Name != pod.Name || s.MatchLabelKeys is not ["pod-template-hash"])
        select pod.Name);

    [Fact(Timeout = Patience)]
    public Task Listen_OfEveryService_IsThePortOfItsContainerAndService() => NothingAsync(chart =>
        from service in MeshService.All
        let pod = chart.Manifests.Pod(service.Name)
        let scheme = chart.Switches.Tls == TlsSwitch.Off ? "http" : "https"
        where pod.Variable("PHENAKI_Listen") != $"{scheme}://*:{service.Port}" || Port(pod, "grpc") != service.Port ||
            pod.Variable("PHENAKI_Telemetry__MetricsPort") != $"{Port(pod, "metrics")}" || Port(pod, "metrics") != service.Port + 4000
        select $"{service.Name} listens at {pod.Variable("PHENAKI_Listen")}");

    [Fact(Timeout = Patience)]
    public Task ServiceMonitor_WhereThereIsOne_FindsEveryServiceOnce() => NothingAsync(chart =>
        from monitor in chart.Manifests.All<ServiceMonitor>()
        let port = Assert.Single(monitor.Spec.Endpoints).Port
        let found = chart.Manifests.All<V1Service>()
            .Where(s => Matches(monitor.Spec.Selector!.MatchLabels, s.Metadata.Labels) && s.Spec.Ports.Any(p => p.Name == port))
            .Select(s => s.Metadata.Labels[monitor.Spec.JobLabel!])
        where !found.Order().SequenceEqual(MeshService.All.Select(s => s.Name).Order())
        select $"metrics are read of {string.Join(", ", found)}");

    [Fact(Timeout = Patience)]
    public Task Door_WhereThereIsOne_LeadsToStoriesAndHealthAlone() => NothingAsync(chart =>
    {
        var front = chart.Manifests.One<V1Service>(Names.Full);
        string[] wanted = ["grpc.health.v1.Health", "phenaki.story.v1.StoryService"];
        var throughIngress =
            from ingress in chart.Manifests.All<V1Ingress>()
            from path in ingress.Spec.Rules.SelectMany(r => r.Http.Paths)
            where path.Backend.Service.Name == front.Metadata.Name && front.Spec.Ports.Any(p => p.Name == path.Backend.Service.Port.Name)
            select path.Path.TrimStart('/');
        var throughGateway =
            from route in chart.Manifests.All<GrpcRoute>()
            from rule in route.Spec.Rules
            where rule.BackendRefs.All(b => b.Name == front.Metadata.Name && front.Spec.Ports.Any(p => p.Port == b.Port))
            from match in rule.Matches
            select match.Method!.Service;
        var found = throughIngress.Concat(throughGateway).Order(StringComparer.Ordinal).ToArray();
        return found.SequenceEqual(chart.Switches.Door == DoorSwitch.Service ? [] : wanted) ? [] : [$"the door leads to {string.Join(", ", found)}"];
    });

    [Fact(Timeout = Patience)]
    public Task Ingress_WithTls_SpeaksTlsToTheOrchestrator() => NothingAsync(chart =>
        from ingress in chart.Manifests.All<V1Ingress>()
        let protocol = ingress.Metadata.Annotations["nginx.ingress.kubernetes.io/backend-protocol"]
        where protocol != (chart.Switches.Tls == TlsSwitch.Off ? "GRPC" : "GRPCS")
        select protocol);

    private static PodShape[] Selected(RenderedChart chart, IDictionary<string, string> selector) =>
        [.. chart.Manifests.Pods.Where(pod => Matches(selector, pod.Metadata.Labels))];

    private static bool Matches(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.Count > 0 && selector.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value);

    private static int Port(PodShape pod, string name) => pod.Main.Ports.Single(p => p.Name == name).ContainerPort;
}
