namespace Phenaki.ChartTests.Rendering;

/// <summary>Where certificates come from, and whether they are asked for.</summary>
public enum TlsSwitch { Off, Secrets, MutualSecrets, MutualCertManager }

/// <summary>Which Redis.</summary>
public enum RedisSwitch { Bundled, ExternalAddress, ExternalSecret, None }

/// <summary>What sets the number of pods.</summary>
public enum ScalingSwitch { Fixed, Hpa, Keda }

/// <summary>Where models come from.</summary>
public enum ModelsSwitch { Image, Volume, CheckedVolume, Download }

/// <summary>How the orchestrator is reached from outside.</summary>
public enum DoorSwitch { Service, Ingress, Gateway }

/// <summary>The big switches of the chart.</summary>
public sealed record Switches(
    TlsSwitch Tls, RedisSwitch Redis, ScalingSwitch Scaling, ModelsSwitch Models, bool NetworkPolicy, DoorSwitch Door, bool Monitoring, bool Gpu, bool ApiKeys, bool Otlp)
{
    private static readonly RedisSwitch[] Redises = [RedisSwitch.Bundled, RedisSwitch.ExternalAddress, RedisSwitch.None];
    private static readonly ModelsSwitch[] Sources = [ModelsSwitch.Image, ModelsSwitch.Volume, ModelsSwitch.Download];

    /// <summary>
    /// Every combination of the first five switches. The others take turns, and so do the two ways to name an external Redis and to trust a volume,
    /// at steps that bring every two settings of any two switches together (<see cref="SwitchesTests"/>): every combination of all would be
    /// eighteen thousand.
    /// </summary>
    public static IReadOnlyList<Switches> All { get; } =
    [
        .. (from tls in Enum.GetValues<TlsSwitch>()
            from redis in Redises
            from scaling in Enum.GetValues<ScalingSwitch>()
            from models in Sources
            from networkPolicy in new[] { true, false }
            select (tls, redis, scaling, models, networkPolicy))
        .Select((big, i) => new Switches(
            big.tls,
            big.redis == RedisSwitch.ExternalAddress && i / 2 % 5 >= 2 ? RedisSwitch.ExternalSecret : big.redis,
            big.scaling,
            big.models == ModelsSwitch.Volume && i % 11 >= 6 ? ModelsSwitch.CheckedVolume : big.models,
            big.networkPolicy, (DoorSwitch)(i / 2 % 7 % 3), i % 5 < 2, i / 3 % 5 < 2, i / 5 % 7 < 3, i / 7 % 3 == 0)),
    ];

    /// <summary>The values that set these switches.</summary>
    public string ToValues() => string.Join('\n', Parts());

    private IEnumerable<string> Parts()
    {
        yield return $"networkPolicy: {{enabled: {Yaml(NetworkPolicy)}}}";
        yield return $"redis: {RedisValues()}";
        yield return $"models: {ModelsValues()}";
        if (Tls != TlsSwitch.Off)
        {
            yield return $"tls: {{enabled: true, mutual: {Yaml(Tls != TlsSwitch.Secrets)}, {Certificates()}}}";
        }

        if (Scaling != ScalingSwitch.Fixed)
        {
            yield return Scaling == ScalingSwitch.Hpa
                ? "autoscaling: {hpa: {enabled: true}}"
                : "autoscaling: {keda: {enabled: true, prometheusAddress: 'http://prometheus.monitoring.svc:9090'}}";
        }

        if (Door != DoorSwitch.Service)
        {
            yield return Door == DoorSwitch.Ingress
                ? "ingress: {enabled: true, className: nginx, hosts: [stories.example.com], tlsSecret: stories-certificate}"
                : "gateway: {enabled: true, parentRefs: [{name: public}], hostnames: [stories.example.com]}";
        }

        if (Monitoring)
        {
            yield return "metrics: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboards: {enabled: true}}";
        }

        if (Gpu)
        {
            yield return "services: {maskedTransformer: {gpu: {count: 2}, nodeSelector: {accelerator: h200}, runtimeClassName: nvidia}, videoTokenizer: {gpu: {count: 1}}}";
        }

        if (ApiKeys)
        {
            yield return "apiKeys: {existingSecret: story-keys}\ntests: {apiKeySecret: story-test-key}";
        }

        if (Otlp)
        {
            yield return "telemetry: {otlpEndpoint: 'http://collector.monitoring.svc:4317'}";
        }
    }

    private string RedisValues() => Redis switch
    {
        RedisSwitch.ExternalAddress =>
            "{mode: external, external: {address: 'a.example.com:26379,b.example.com:26379,serviceName=mymaster,ssl=true', tls: {existingSecret: redis-certificates, clientCertificate: true}}}",
        RedisSwitch.ExternalSecret => "{mode: external, external: {existingSecret: redis-address}}",
        _ => $"{{mode: {Yaml(Redis)}}}",
    };

    private string ModelsValues() => Models switch
    {
        ModelsSwitch.Volume => "{source: volume, volume: {claim: models, path: paper/v1}}",
        ModelsSwitch.CheckedVolume => $"{{source: volume, volume: {{claim: models}}, checksums: {Checksums()}}}",
        ModelsSwitch.Download => $"{{source: download, download: {{baseUrl: 'https://models.example.com/paper/', existingSecret: models-login}}, checksums: {Checksums()}}}",
        _ => "{source: image}",
    };

    private string Certificates() => Tls == TlsSwitch.MutualCertManager
        ? "certManager: {enabled: true, issuer: {name: mesh}}"
        : "existingSecrets: {textEncoder: text-certificate, videoTokenizer: video-certificate, maskedTransformer: masked-certificate, orchestrator: story-certificate}";

    private static string Checksums() =>
        $"{{textEncoder: {Files('a')}, videoTokenizer: {Files('b')}, maskedTransformer: {Files('c')}}}";

    private static string Files(char digit) => $"{{config.json: {new string(digit, 64)}, model.safetensors: {new string(digit, 64)}}}";

    private static string Yaml<T>(T value) => $"{value}".ToLowerInvariant();
}
