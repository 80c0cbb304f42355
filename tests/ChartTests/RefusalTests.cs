using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>What helm refuses, and in which words.</summary>
public sealed class RefusalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("replicaCount: 2", "additional properties 'replicaCount' not allowed")]
    [InlineData("services: {textencoder: {replicas: 2}}", "additional properties 'textencoder' not allowed")]
    [InlineData("services: {textEncoder: {replica: 2}}", "additional properties 'replica' not allowed")]
    [InlineData("services: {textEncoder: {settings: {maxQueu: 2}}}", "additional properties 'maxQueu' not allowed")]
    [InlineData("services: {textEncoder: {settings: {maxSessions: 2}}}", "additional properties 'maxSessions' not allowed")]
    [InlineData("services: {textEncoder: {settings: {model: /models}}}", "additional properties 'model' not allowed")]
    [InlineData("services: {orchestrator: {settings: {redis: 'redis:6379'}}}", "additional properties 'redis' not allowed")]
    [InlineData("services: {maskedTransformer: {tolerations: [{keys: gpu}]}}", "additional properties 'keys' not allowed")]
    [InlineData("services: {maskedTransformer: {affinity: {nodeAffinty: {}}}}", "additional properties 'nodeAffinty' not allowed")]
    [InlineData("networkPolicy: {clients: [{podselector: {}}]}", "additional properties 'podselector' not allowed")]
    [InlineData("tls: {certManager: {issuer: {nam: mesh}}}", "additional properties 'nam' not allowed")]
    public Task Keys_ThatDoNotExist_AreRefused(string values, string message) => RefusedAsync(values, message);

    [Theory(Timeout = 60_000)]
    [InlineData("services: {textEncoder: {replicas: two}}", "/services/textEncoder/replicas': got string, want integer")]
    [InlineData("services: {textEncoder: {replicas: 1.5}}", "/services/textEncoder/replicas': got number, want integer")]
    [InlineData("services: {textEncoder: {env: {A: b}}}", "/services/textEncoder/env': got object, want array")]
    [InlineData("services: {textEncoder: {env: [{name: A, value: 1}]}}", "/services/textEncoder/env/0/value': got number, want string")]
    [InlineData("services: {textEncoder: {settings: {maxQueue: 0}}}", "/settings/maxQueue': minimum: got 0, want 1")]
    [InlineData("services: {textEncoder: {settings: {maxQueue: '12'}}}", "/settings/maxQueue': got string, want integer")]
    [InlineData("services: {orchestrator: {settings: {cacheTimeToLive: 7d}}}", "/settings/cacheTimeToLive': '7d' does not match pattern")]
    [InlineData("services: {videoTokenizer: {gpu: {count: -1}}}", "/gpu/count': minimum: got -1, want 0")]
    [InlineData("services: {videoTokenizer: {resources: {limits: {memory: 2 GB}}}}", "/resources/limits/memory': 'anyOf' failed")]
    [InlineData("services: {videoTokenizer: {drainSeconds: 3601}}", "/drainSeconds': maximum: got 3,601, want 3,600")]
    [InlineData("services: {orchestrator: null}", "missing property 'orchestrator'")]
    [InlineData("services: {orchestrator: {autoscaling: null}}", "missing property 'autoscaling'")]
    [InlineData("redis: {mode: cluster}", "/redis/mode': value must be one of 'bundled', 'external', 'none'")]
    [InlineData("models: {source: s3}", "/models/source': value must be one of 'image', 'volume', 'download'")]
    [InlineData("models: {volume: {path: ../secrets}}", "/models/volume/path': '../secrets' does not match pattern")]
    [InlineData("models: {checksums: {textEncoder: {config.json: abc}}}", "/models/checksums/textEncoder/config.json': 'abc' does not match pattern")]
    [InlineData("models: {checksums: {textEncoder: {../config.json: abc}}}", "'../config.json' does not match pattern")]
    [InlineData("tls: {enabled: 'yes'}", "/tls/enabled': got string, want boolean")]
    [InlineData("podSecurity: {runAsUser: 0}", "/podSecurity/runAsUser': minimum: got 0, want 1")]
    [InlineData("podDisruptionBudget: {maxUnavailable: half}", "/podDisruptionBudget/maxUnavailable': 'anyOf' failed")]
    [InlineData("telemetry: {logLevel: Loud}", "/telemetry/logLevel': value must be one of")]
    [InlineData("image: {pullPolicy: Sometimes}", "/image/pullPolicy': value must be one of")]
    [InlineData("fullnameOverride: My_Name", "/fullnameOverride': 'My_Name' does not match pattern")]
    public Task Values_OfAWrongTypeOrRange_AreRefused(string values, string message) => RefusedAsync(values, message);

    [Theory(Timeout = 60_000)]
    [InlineData("autoscaling: {hpa: {enabled: true}, keda: {enabled: true, prometheusAddress: 'http://p'}}", "autoscaling.hpa.enabled and autoscaling.keda.enabled are both true")]
    [InlineData("autoscaling: {keda: {enabled: true}}", "autoscaling.keda.prometheusAddress is empty")]
    [InlineData("services: {textEncoder: {autoscaling: {minReplicas: 9}}}", "services.textEncoder.autoscaling.minReplicas is 9; it must be at most maxReplicas, which is 4")]
    [InlineData("services: {textEncoder: {rollout: {maxSurge: 0}}}", "services.textEncoder.rollout has maxSurge 0 and maxUnavailable 0")]
    [InlineData("services: {textEncoder: {env: [{name: PHENAKI_Listen, value: x}]}}", "services.textEncoder.env sets PHENAKI_Listen, which the chart sets itself")]
    [InlineData("services: {textEncoder: {settings: {maxQueue: 2}, env: [{name: PHENAKI_TextEncoder__MaxQueue, value: '3'}]}}", "services.textEncoder.env sets PHENAKI_TextEncoder__MaxQueue")]
    [InlineData("models: {source: volume}", "models.volume.claim is empty")]
    [InlineData("models: {source: download}", "models.download.baseUrl is empty")]
    [InlineData("models: {source: download, download: {baseUrl: 'https://m'}}", "models.checksums.maskedTransformer is empty")]
    [InlineData("redis: {mode: external}", "redis.external has neither address nor existingSecret")]
    [InlineData("redis: {mode: external, external: {address: 'r:6379,Password=secret'}}", "redis.external.address holds a password")]
    [InlineData("redis: {external: {address: 'r:6379'}}", "redis.mode is 'bundled', which does not use it")]
    [InlineData("redis: {mode: none, external: {existingSecret: r}}", "redis.mode is 'none', which does not use it")]
    [InlineData("tls: {enabled: true}", "tls.existingSecrets.maskedTransformer is empty")]
    [InlineData("tls: {enabled: true, certManager: {enabled: true}}", "tls.certManager.issuer.name is empty")]
    [InlineData("tls: {enabled: true, certManager: {enabled: true, issuer: {name: m}}, existingSecrets: {orchestrator: s}}", "tls.existingSecrets.orchestrator and tls.certManager.enabled are both set")]
    [InlineData("tls: {mutual: true}", "need tls.enabled, which is false")]
    [InlineData("ingress: {enabled: true}", "ingress.hosts is empty")]
    [InlineData("gateway: {enabled: true}", "gateway.parentRefs is empty")]
    public Task Values_ThatDoNotFitEachOther_AreRefused(string values, string message) => RefusedAsync(values, message);

    [Fact(Timeout = 60_000)]
    public async Task Password_InTheAddressOfRedis_IsNotRepeated()
    {
        var result = await HelmProgram.TemplateAsync("redis: {mode: external, external: {address: 'r:6379,password=hunter2'}}", Cancellation);
        Assert.DoesNotContain("hunter2", result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cluster_WithoutGrpcProbes_IsRefused()
    {
        var result = await HelmProgram.TemplateAsync("", Cancellation, "--kube-version", "1.26.0");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("kubeVersion: >=1.27", result.Errors, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string values, string message)
    {
        var result = await HelmProgram.TemplateAsync(values, Cancellation);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
