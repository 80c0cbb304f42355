using k8s.Models;

namespace Phenaki.ChartTests.Rendering;

/// <summary>A kind of pod that the chart makes.</summary>
/// <param name="Name">Of the object that makes it.</param>
/// <param name="Metadata">Its labels and annotations.</param>
/// <param name="Spec">What it is.</param>
/// <param name="Deployment">What makes it; null for the test.</param>
internal sealed record PodShape(string Name, V1ObjectMeta Metadata, V1PodSpec Spec, V1Deployment? Deployment)
{
    /// <summary>As in text-encoder.</summary>
    public string Component => Metadata.Labels["app.kubernetes.io/component"];

    /// <summary>The container that serves.</summary>
    public V1Container Main => Spec.Containers.Single();

    /// <summary>Those that serve and those that run before.</summary>
    public IEnumerable<V1Container> Containers => Spec.Containers.Concat(Spec.InitContainers ?? []);

    /// <summary>The value of an environment variable; null where there is none, or none that stands there.</summary>
    public string? Variable(string name) => Main.Env.SingleOrDefault(variable => variable.Name == name)?.Value;

    /// <summary>Where a volume is mounted in the container that serves; null where it is not.</summary>
    public string? Mount(string volume) => Main.VolumeMounts.SingleOrDefault(mount => mount.Name == volume)?.MountPath;
}
