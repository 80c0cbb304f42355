using k8s.Models;

namespace Phenaki.ChartTests.Kinds;

/// <summary>What KEDA scales, and on what: keda.sh/v1alpha1, the fields that the chart uses.</summary>
public sealed class ScaledObject : CustomObject<ScaledObject.Scaling>
{
    public sealed class Scaling
    {
        public V2CrossVersionObjectReference? ScaleTargetRef { get; set; }

        public int? MinReplicaCount { get; set; }

        public int? MaxReplicaCount { get; set; }

        public int? PollingInterval { get; set; }

        public Advanced? Advanced { get; set; }

        public IList<Trigger> Triggers { get; set; } = [];
    }

    public sealed class Advanced
    {
        public AutoscalerConfig? HorizontalPodAutoscalerConfig { get; set; }
    }

    public sealed class AutoscalerConfig
    {
        public V2HorizontalPodAutoscalerBehavior? Behavior { get; set; }
    }

    public sealed class Trigger
    {
        public string? Type { get; set; }

        public string? MetricType { get; set; }

        public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();
    }
}
