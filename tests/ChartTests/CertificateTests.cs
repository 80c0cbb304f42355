using Phenaki.ChartTests.Kinds;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>Who shows which certificate, and who asks for one.</summary>
public sealed class CertificateTests(RenderedCharts charts) : ChartTest(charts)
{
    [Fact(Timeout = Patience)]
    public Task Certificate_OfEveryService_IsReadFromItsOwnSecret() => NothingAsync(chart =>
        from service in MeshService.All
        let pod = chart.Manifests.Pod(service.Name)
        let folder = pod.Mount("tls")
        let secret = pod.Spec.Volumes.SingleOrDefault(v => v.Name == "tls")?.Secret.SecretName
        let expected = chart.Switches.Tls switch
        {
            TlsSwitch.Off => null,
            TlsSwitch.MutualCertManager => $"{Names.Full}-{service.Name}-tls",
            _ => service.Key switch { "textEncoder" => "text", "videoTokenizer" => "video", "maskedTransformer" => "masked", _ => "story" } + "-certificate",
        }
        where secret != expected ||
            pod.Variable("PHENAKI_Tls__CertificateFile") != (expected is null ? null : $"{folder}/tls.crt") ||
            pod.Variable("PHENAKI_Tls__KeyFile") != (expected is null ? null : $"{folder}/tls.key")
        select $"{service.Name} shows {secret}");

    [Fact(Timeout = Patience)]
    public Task Workers_WithMutualTls_TakeCallsOfTheOrchestratorAlone() => NothingAsync(chart =>
        from worker in MeshService.Workers
        let pod = chart.Manifests.Pod(worker.Name)
        let isMutual = chart.Switches.Tls is TlsSwitch.MutualSecrets or TlsSwitch.MutualCertManager
        where pod.Variable("PHENAKI_Tls__ClientCaFile") != (isMutual ? "/etc/phenaki/tls/ca.crt" : null) ||
            pod.Variable("PHENAKI_Tls__ClientNames") != (isMutual ? $"{Names.Full}-orchestrator.{Names.Namespace}.svc" : null)
        select worker.Name);

    [Fact(Timeout = Patience)]
    public Task Orchestrator_WithTls_ChecksTheWorkersAndShowsItselfWhereAskedAndToItsReplicas() => NothingAsync(chart =>
    {
        var pod = chart.Manifests.Pod("orchestrator");
        bool isOn = chart.Switches.Tls != TlsSwitch.Off;
        bool isMutual = chart.Switches.Tls is TlsSwitch.MutualSecrets or TlsSwitch.MutualCertManager;

        // Replicas that share stories call each other: they know each other by their certificates in any case.
        bool isShown = isMutual || (isOn && chart.Switches.Redis is (RedisSwitch.ExternalAddress or RedisSwitch.ExternalSecret));
        return pod.Variable("PHENAKI_Orchestrator__DnsUsesTls") == (isOn ? "true" : null) &&
            pod.Variable("PHENAKI_Mesh__Tls__CaFile") == (isOn ? "/etc/phenaki/tls/ca.crt" : null) &&
            pod.Variable("PHENAKI_Mesh__Tls__CertificateFile") == (isShown ? "/etc/phenaki/tls/tls.crt" : null) &&
            pod.Variable("PHENAKI_Mesh__Tls__KeyFile") == (isShown ? "/etc/phenaki/tls/tls.key" : null) &&
            pod.Variable("PHENAKI_Tls__ClientCaFile") is null
            ? [] : ["the orchestrator's side of the mesh"];
    });

    [Fact(Timeout = Patience)]
    public Task CertManager_WhereItIssues_MakesTheSecretsForTheNamesThatAreCalled() => NothingAsync(chart =>
        from certificate in chart.Manifests.All<Certificate>()
        let name = certificate.Metadata.Name
        let pod = chart.Manifests.Pod(certificate.Metadata.Labels["app.kubernetes.io/component"])
        where pod.Spec.Volumes.Single(v => v.Name == "tls").Secret.SecretName != certificate.Spec.SecretName ||
            !certificate.Spec.DnsNames.Contains($"{name}.{Names.Namespace}.svc") ||
            certificate.Spec.DnsNames.Contains($"{Names.Full}.{Names.Namespace}.svc") != (pod.Component == "orchestrator") ||
            !certificate.Spec.Usages.Order().SequenceEqual(["client auth", "digital signature", "server auth"]) ||
            certificate.Spec.IssuerRef is not { Name: "mesh", Kind: "Issuer", Group: "cert-manager.io" } || certificate.Spec.PrivateKey!.RotationPolicy != "Always"
        select name);

    [Fact(Timeout = Patience)]
    public async Task Clients_ThatMustShowACertificate_AreCheckedAndTheTestShowsOne()
    {
        var chart = await Manifests.RenderAsync("tls: {enabled: true, requireClientCertificates: true, certManager: {enabled: true, issuer: {name: mesh}}}", Cancellation);
        Assert.Equal("/etc/phenaki/tls/ca.crt", chart.Pod("orchestrator").Variable("PHENAKI_Tls__ClientCaFile"));
        Assert.All(MeshService.Workers, worker => Assert.Null(chart.Pod(worker.Name).Variable("PHENAKI_Tls__ClientCaFile")));
        Assert.Contains("--certificate-file", chart.Pod("test").Main.Args);
        Assert.Null(chart.Pod("test").Spec.Volumes.Single(v => v.Name == "tls").Secret.Items);
    }

    [Fact(Timeout = Patience)]
    public Task Test_WithoutClientCertificates_IsGivenNoKey() => NothingAsync(chart =>
        from volume in chart.Manifests.Pod("test").Spec.Volumes
        where volume.Name == "tls" && volume.Secret.Items is not [{ Key: "ca.crt", Path: "ca.crt" }]
        select "the test holds more than the CA");

    [Fact(Timeout = Patience)]
    public Task ApiKeys_WhereAskedFor_AreAFileOfTheOrchestratorAlone() => NothingAsync(chart =>
        from pod in chart.Manifests.Services
        let isAsked = chart.Switches.ApiKeys && pod.Component == "orchestrator"
        let volume = pod.Spec.Volumes.SingleOrDefault(v => v.Name == "api-keys")?.Secret
        where pod.Variable("PHENAKI_ApiKeys__File") != (isAsked ? $"{pod.Mount("api-keys")}/keys.json" : null) ||
            (isAsked ? volume is not { SecretName: "story-keys", Items: [{ Key: "keys.json", Path: "keys.json" }] } : volume is not null)
        select pod.Name);
}
