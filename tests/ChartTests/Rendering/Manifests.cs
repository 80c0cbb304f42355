using k8s;
using k8s.Models;
using Phenaki.ChartTests.Kinds;

namespace Phenaki.ChartTests.Rendering;

/// <summary>What helm made of some values, read into the types of Kubernetes: unknown fields, fields given twice and values of a wrong type are refused.</summary>
internal sealed class Manifests
{
    private static readonly Dictionary<string, Type> CustomKinds = new()
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["cert-manager.io/v1/Certificate"] = typeof(Certificate),
        ["gateway.networking.k8s.io/v1/GRPCRoute"] = typeof(GrpcRoute),
    };

    private Manifests(string source, string yaml)
    {
        Source = source;
        Yaml = yaml;
        Objects = [.. KubernetesYaml.LoadAllFromString(yaml, CustomKinds, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
    }

    /// <summary>The values, for messages.</summary>
    public string Source { get; }

    /// <summary>As helm wrote it.</summary>
    public string Yaml { get; }

    /// <summary>Every object.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>Everything that becomes pods: the four services, the bundled Redis and the test.</summary>
    public IEnumerable<PodShape> Pods =>
    [
        .. All<V1Deployment>().Select(d => new PodShape(d.Metadata.Name, d.Spec.Template.Metadata, d.Spec.Template.Spec, d)),
        .. All<V1Pod>().Select(p => new PodShape(p.Metadata.Name, p.Metadata, p.Spec, null)),
    ];

    /// <summary>The pods of the four services.</summary>
    public IEnumerable<PodShape> Services => Pods.Where(pod => MeshService.All.Any(service => service.Name == pod.Component));

    /// <summary>The pods of one component.</summary>
    public PodShape Pod(string component) => Pods.Single(pod => pod.Component == component);

    /// <summary>Objects of one kind.</summary>
    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    /// <summary>The object of such a kind and name.</summary>
    public T One<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => All<T>().Single(o => o.Metadata.Name == name);

    /// <summary>Renders the chart with these values, and further arguments of helm.</summary>
    public static async Task<Manifests> RenderAsync(string values, CancellationToken cancellationToken, params IEnumerable<string> more)
    {
        var result = await HelmProgram.TemplateAsync(values, cancellationToken, more);
        Assert.True(result.ExitCode == 0, $"{values}\n{result.Errors}");
        return new Manifests(values, result.Output);
    }
}
