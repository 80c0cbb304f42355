using k8s.Models;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>HTTP beside gRPC: one switch opens it everywhere, and without it there is nothing of it.</summary>
public sealed class HttpTests(RenderedCharts charts) : ChartTest(charts)
{
    private const string Door = "ingress: {enabled: true, hosts: [video.example.com], annotations: {nginx.ingress.kubernetes.io/backend-protocol: GRPC, team: film}}";

    [Theory(Timeout = Patience)]
    [InlineData("", "http")]
    [InlineData("tls: {enabled: true, existingSecrets: {orchestrator: a, textEncoder: b, videoTokenizer: c, maskedTransformer: d}}", "https")]
    public async Task Http_SwitchedOn_IsOpenFromTheDoorToTheOrchestrator(string tls, string scheme)
    {
        var chart = await Manifests.RenderAsync($"http: {{enabled: true, port: 80}}\n{Door}\n{tls}", Cancellation);
        var pod = chart.Pod("orchestrator");
        Assert.Equal($"{scheme}://*:5180", pod.Variable("PHENAKI_HttpListen"));
        Assert.Equal(5180, pod.Main.Ports.Single(port => port.Name == "http").ContainerPort);
        Assert.All(MeshService.All.Where(service => service.Name != "orchestrator"), service => Assert.Null(chart.Pod(service.Name).Variable("PHENAKI_HttpListen")));

        var port = chart.All<V1Service>().Single(service => service.Metadata.Name == Names.Full).Spec.Ports.Single(one => one.Name == "http");
        Assert.Equal((80, "http", scheme), (port.Port, port.TargetPort.Value, port.AppProtocol));

        var policy = chart.All<V1NetworkPolicy>().Single(one => one.Metadata.Name == $"{Names.Full}-orchestrator");
        Assert.Contains(policy.Spec.Ingress, rule => rule.Ports.Select(one => one.Port.Value).Order().SequenceEqual(["grpc", "http"]));

        var ingress = chart.All<V1Ingress>().Single(one => one.Metadata.Name == $"{Names.Full}-http");
        Assert.Equal(scheme.ToUpperInvariant(), ingress.Metadata.Annotations["nginx.ingress.kubernetes.io/backend-protocol"]);
        Assert.Equal("film", ingress.Metadata.Annotations["team"]);
        var path = Assert.Single(Assert.Single(ingress.Spec.Rules).Http.Paths);
        Assert.Equal(("/", "http"), (path.Path, path.Backend.Service.Port.Name));
    }

    [Fact(Timeout = Patience)]
    public async Task Http_SwitchedOff_IsNowhere()
    {
        var chart = await Manifests.RenderAsync(Door, Cancellation);
        var pod = chart.Pod("orchestrator");
        Assert.Null(pod.Variable("PHENAKI_HttpListen"));
        Assert.DoesNotContain(pod.Main.Ports, port => port.Name == "http");
        Assert.DoesNotContain(chart.All<V1Service>().SelectMany(service => service.Spec.Ports), port => port.Name == "http");
        Assert.Single(chart.All<V1Ingress>());
        Assert.DoesNotContain(chart.All<V1NetworkPolicy>().SelectMany(policy => policy.Spec.Ingress ?? []).SelectMany(rule => rule.Ports), port => port.Port.Value == "http");
    }
}
