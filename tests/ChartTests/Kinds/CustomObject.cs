using k8s;
using k8s.Models;

namespace Phenaki.ChartTests.Kinds;

/// <summary>An object of a kind that an operator of the cluster adds.</summary>
/// <typeparam name="TSpec">What it says.</typeparam>
public abstract class CustomObject<TSpec> : IKubernetesObject<V1ObjectMeta>
    where TSpec : class, new()
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public TSpec Spec { get; set; } = new();
}
