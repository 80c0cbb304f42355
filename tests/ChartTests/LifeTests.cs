using System.Globalization;
using k8s.Models;
using Phenaki.ChartTests.Rendering;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.ChartTests;

/// <summary>How pods start, are watched, and end.</summary>
public sealed class LifeTests(RenderedCharts charts) : ChartTest(charts)
{
    [Fact(Timeout = Patience)]
    public Task Probes_OfEveryService_AskHealthOnAPlainPort() => NothingAsync(chart =>
        from service in MeshService.All
        let container = chart.Manifests.Pod(service.Name).Main
        let plain = container.Ports.Single(p => p.Name == (chart.Switches.Tls == TlsSwitch.Off ? "grpc" : "health")).ContainerPort
        from probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe }
        where probe?.Grpc is not { } grpc || grpc.Port != plain
        select $"{service.Name} is probed at {probe?.Grpc?.Port}");

    [Fact(Timeout = Patience)]
    public Task HealthPort_WithTls_IsWhereTheServiceListensForHealth() => NothingAsync(chart =>
        from service in MeshService.All
        let pod = chart.Manifests.Pod(service.Name)
        let port = pod.Main.Ports.SingleOrDefault(p => p.Name == "health")?.ContainerPort
        let listens = pod.Variable("PHENAKI_HealthListen")
        where chart.Switches.Tls == TlsSwitch.Off ? (port, listens) != (null, null) : listens != $"http://*:{port}"
        select $"{service.Name} has the port {port} and listens at {listens}");

    [Fact(Timeout = Patience)]
    public Task ReadinessProbe_OfEveryService_AsksForItsOwnService() => NothingAsync(chart =>
        from service in MeshService.All
        let asked = chart.Manifests.Pod(service.Name).Main.ReadinessProbe.Grpc.Service
        where asked != service.Health
        select $"{service.Name} is asked for {asked}");

    [Fact(Timeout = Patience)]
    public Task LivenessProbe_OfEveryService_AsksForNothingButAnAnswer() => NothingAsync(chart =>
        from service in MeshService.All
        let asked = chart.Manifests.Pod(service.Name).Main.LivenessProbe.Grpc.Service
        where asked != ServiceDefaultsExtensions.LivenessName
        select $"{service.Name} is asked for {asked}");

    [Fact(Timeout = Patience)]
    public Task StartupProbe_OfEveryService_WaitsForItsModelAndForNobodyElse() => NothingAsync(chart =>
        from service in MeshService.All
        let asked = chart.Manifests.Pod(service.Name).Main.StartupProbe.Grpc.Service
        where asked != (service.Name == "orchestrator" ? ServiceDefaultsExtensions.LivenessName : service.Health)
        select $"{service.Name} is asked for {asked}");

    [Theory(Timeout = Patience)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(3600)]
    public async Task StartupProbe_OfAnyLength_WaitsAtLeastSoLong(int seconds)
    {
        var chart = await Manifests.RenderAsync($"services: {{maskedTransformer: {{startupSeconds: {seconds}}}}}", Cancellation);
        var pod = chart.Pod("masked-transformer");
        Assert.InRange(pod.Main.StartupProbe.FailureThreshold!.Value * pod.Main.StartupProbe.PeriodSeconds!.Value, seconds, seconds + 4);
        Assert.True(pod.Deployment!.Spec.ProgressDeadlineSeconds > seconds);
    }

    [Fact(Timeout = Patience)]
    public Task GracePeriod_OfEveryService_OutlastsItsDrain() => NothingAsync(chart =>
        from pod in chart.Manifests.Services
        let delay = int.Parse(pod.Variable("PHENAKI_DrainDelaySeconds")!, CultureInfo.InvariantCulture)
        let drain = int.Parse(pod.Variable("PHENAKI_DrainSeconds")!, CultureInfo.InvariantCulture)
        where delay < 1 || pod.Spec.TerminationGracePeriodSeconds < delay + drain + 10
        select $"{pod.Name} is given {pod.Spec.TerminationGracePeriodSeconds} s for {delay} s and {drain} s");

    [Fact(Timeout = Patience)]
    public async Task Drain_OfTheOperator_ReachesServiceAndGracePeriod()
    {
        var pod = (await Manifests.RenderAsync("services: {orchestrator: {drainSeconds: 1800}}", Cancellation)).Pod("orchestrator");
        Assert.Equal("1800", pod.Variable("PHENAKI_DrainSeconds"));
        Assert.True(pod.Spec.TerminationGracePeriodSeconds >= 1815);
    }

    [Fact(Timeout = Patience)]
    public Task Rollout_OfEveryService_TakesAPodAwayOnlyWhenAnotherServes() => NothingAsync(chart =>
        from pod in chart.Manifests.Services
        where pod.Deployment!.Spec.Strategy is not { Type: "RollingUpdate", RollingUpdate: { } update } || update.MaxUnavailable.Value != "0" || update.MaxSurge.Value != "1"
        select pod.Name);

    [Fact(Timeout = Patience)]
    public Task Threads_OfEveryModel_AreTheContainersCpusNotTheNodes() => NothingAsync(chart =>
        from worker in MeshService.Workers
        let pod = chart.Manifests.Pod(worker.Name)
        let source = pod.Main.Env.Single(e => e.Name == "OMP_NUM_THREADS").ValueFrom?.ResourceFieldRef
        where source is not { Resource: "limits.cpu" } || source.ContainerName != pod.Main.Name
        select worker.Name);

    [Fact(Timeout = Patience)]
    public Task Test_Everywhere_MakesAStoryThroughTheFrontDoor() => NothingAsync(chart =>
    {
        var pod = chart.Manifests.Pod("test");
        var front = chart.Manifests.One<V1Service>(Names.Full);
        string scheme = chart.Switches.Tls == TlsSwitch.Off ? "http" : "https";
        bool isRight = pod.Metadata.Annotations["helm.sh/hook"] == "test" && pod.Spec is { RestartPolicy: "Never", ActiveDeadlineSeconds: > 0 } &&
            pod.Main.Args[0] == "story" &&
            pod.Main.Args.Contains($"{scheme}://{Names.Full}.{Names.Namespace}.svc:{front.Spec.Ports.Single().Port}") &&
            pod.Main.Args.Contains("--ca-file") == (scheme == "https") &&
            pod.Main.Env?.Any(e => e is { Name: "PHENAKI_API_KEY", ValueFrom.SecretKeyRef.Name: "story-test-key" }) == (chart.Switches.ApiKeys ? true : (bool?)null);
        return isRight ? [] : [$"the test runs {string.Join(' ', pod.Main.Args)}"];
    });

    [Fact(Timeout = Patience)]
    public async Task Test_WithKeysButNoneForItself_IsLeftOut()
    {
        var chart = await Manifests.RenderAsync("apiKeys: {existingSecret: story-keys}", Cancellation);
        Assert.Empty(chart.All<V1Pod>());
    }
}
