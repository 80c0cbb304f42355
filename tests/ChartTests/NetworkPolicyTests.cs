using k8s.Models;
using Phenaki.ChartTests.Network;
using Phenaki.ChartTests.Rendering;
using Phenaki.Testing;

namespace Phenaki.ChartTests;

/// <summary>Among all that could talk to each other, exactly what the mesh needs is let through.</summary>
public sealed class NetworkPolicyTests(RenderedCharts charts) : ChartTest(charts)
{
    private static readonly Actor Client = new("client", Names.Namespace, new Dictionary<string, string> { ["app"] = "studio" }, "10.0.9.1", [new(8080)]);
    private static readonly Actor Stranger = new("stranger", "elsewhere", new Dictionary<string, string> { ["app"] = "studio" }, "10.0.9.2", [new(8080), new(443), new(53, "", "UDP")]);
    private static readonly Actor Prometheus = new("prometheus", "monitoring", new Dictionary<string, string>(), "10.0.9.3", [new(9090)]);
    private static readonly Actor Resolver = new(
        "dns", "kube-system", new Dictionary<string, string> { ["k8s-app"] = "kube-dns" }, "10.0.9.4", [new(53, "", "UDP"), new(53), new(9153)]);

    private static readonly Actor KubeSystem = new("system", "kube-system", new Dictionary<string, string>(), "10.0.9.5", [new(53), new(10250)]);
    private static readonly Actor Collector = new("collector", "monitoring", new Dictionary<string, string> { ["app"] = "otel" }, "10.0.9.6", [new(4317), new(8888)]);
    private static readonly Actor Redis = new("other-redis", null, new Dictionary<string, string>(), "203.0.113.7", [new(26379), new(22)]);
    private static readonly Actor Store = new("model-store", null, new Dictionary<string, string>(), "203.0.113.8", [new(8443), new(22)]);

    // Rules that name their destinations: with the default, any address, "exactly" would mean little.
    private const string Destinations = """
        networkPolicy:
          telemetry: {to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}, podSelector: {matchLabels: {app: otel}}}], ports: [4317]}
          download: {to: [{ipBlock: {cidr: 203.0.113.8/32}}], ports: [8443]}
        redis: {external: {networkPolicy: {to: [{ipBlock: {cidr: 203.0.113.0/29, except: [203.0.113.1/32]}}], ports: [26379]}}}
        """;

    /// <summary>The switches that say what is called outside the mesh.</summary>
    public static TheoryData<RedisSwitch, ModelsSwitch, bool> Outside =>
    [
        .. from redis in Enum.GetValues<RedisSwitch>()
           from models in Enum.GetValues<ModelsSwitch>()
           from otlp in new[] { true, false }
           select (redis, models, otlp),
    ];

    [Fact(Timeout = Patience)]
    public Task Policies_WhereTheyAreOn_DenyWhatTheyDoNotAllowForEveryPod() => NothingAsync(chart =>
        from pod in chart.Switches.NetworkPolicy ? chart.Manifests.Pods : []
        let denies = chart.Manifests.All<V1NetworkPolicy>().Single(p => p.Metadata.Name == $"{Names.Full}-default-deny")
        where denies.Spec.Ingress is not null || denies.Spec.Egress is not null || !denies.Spec.PolicyTypes.Order().SequenceEqual(["Egress", "Ingress"]) ||
            denies.Spec.PodSelector.MatchLabels.Any(l => pod.Metadata.Labels[l.Key] != l.Value)
        select pod.Name);

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Outside))]
    public async Task Flows_AmongAll_AreExactlyThoseThatAreNeeded(RedisSwitch redis, ModelsSwitch models, bool otlp)
    {
        var switches = new Switches(TlsSwitch.MutualSecrets, redis, ScalingSwitch.Fixed, models, true, DoorSwitch.Service, true, false, false, otlp);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("destinations.yaml"), Destinations, Cancellation);
        var chart = await Manifests.RenderAsync(switches.ToValues(), Cancellation, "-f", folder.Of("destinations.yaml"));

        var evaluator = new PolicyEvaluator([.. chart.All<V1NetworkPolicy>()]);
        Actor[] own = [.. chart.Pods.Select((pod, i) => AsActor(pod, i))];
        Actor[] all = [.. own, Client, Stranger, Prometheus, Resolver, KubeSystem, Collector, Redis, Store];
        var flows =
            from a in all
            from b in all
            where a != b && (own.Contains(a) || own.Contains(b))
            from port in b.Ports
            where evaluator.Allows(a, b, port)
            select $"{a.Name} -> {b.Name}:{port.Number}/{port.Protocol}";
        Assert.Equal(Needed(switches).Order(StringComparer.Ordinal), flows.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Patience)]
    public async Task Clients_OfTheOperator_AreTheOnlyOnes()
    {
        var chart = await Manifests.RenderAsync(
            "networkPolicy: {clients: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: elsewhere}}, podSelector: {matchLabels: {app: studio}}}]}", Cancellation);
        var evaluator = new PolicyEvaluator([.. chart.All<V1NetworkPolicy>()]);
        var orchestrator = AsActor(chart.Pod("orchestrator"), 0);
        var port = orchestrator.Ports.Single(p => p.Name == "grpc");
        Assert.True(evaluator.Allows(Stranger, orchestrator, port));
        Assert.False(evaluator.Allows(Client, orchestrator, port));
    }

    [Fact]
    public void Evaluator_WithoutPolicies_AllowsEverything() => Assert.True(new PolicyEvaluator([]).Allows(Stranger, Client, Client.Ports[0]));

    private static IEnumerable<string> Needed(Switches s)
    {
        string[] workers = [.. MeshService.Workers.Select(w => w.Name)];
        List<string> flows =
        [
            "client -> orchestrator:5100/TCP",
            "test -> orchestrator:5100/TCP",
            .. MeshService.Workers.Select(w => $"orchestrator -> {w.Name}:{w.Port}/TCP"),

            // Prometheus and whatever else lives with it.
            .. from service in MeshService.All from reader in new[] { "prometheus", "collector" } select $"{reader} -> {service.Name}:{service.Port + 4000}/TCP",
            .. Dns("orchestrator"),
            .. Dns("test"),
        ];
        if (s.Redis == RedisSwitch.Bundled)
        {
            flows.Add("orchestrator -> redis:6379/TCP");
        }
        else if (s.Redis != RedisSwitch.None)
        {
            flows.Add("orchestrator -> other-redis:26379/TCP");
        }

        if (s.Models == ModelsSwitch.Download)
        {
            flows.AddRange(workers.Select(w => $"{w} -> model-store:8443/TCP"));
        }

        if (s.Otlp)
        {
            flows.AddRange(MeshService.All.Select(service => $"{service.Name} -> collector:4317/TCP"));
        }

        if (s.Otlp || s.Models == ModelsSwitch.Download)
        {
            flows.AddRange(workers.SelectMany(Dns));
        }

        return flows;
    }

    private static IEnumerable<string> Dns(string from) => [$"{from} -> dns:53/TCP", $"{from} -> dns:53/UDP"];

    private static Actor AsActor(PodShape pod, int index) => new(
        pod.Component, Names.Namespace, pod.Metadata.Labels, $"10.0.1.{index + 1}",
        [.. (pod.Main.Ports ?? []).Select(p => new ActorPort(p.ContainerPort, p.Name, p.Protocol))]);
}
