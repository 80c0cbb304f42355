using k8s.Models;

namespace Phenaki.ChartTests.Kinds;

/// <summary>Tells Prometheus what to read: monitoring.coreos.com/v1, the fields that the chart uses.</summary>
public sealed class ServiceMonitor : CustomObject<ServiceMonitor.Monitor>
{
    public sealed class Monitor
    {
        public V1LabelSelector? Selector { get; set; }

        public Namespaces? NamespaceSelector { get; set; }

        public string? JobLabel { get; set; }

        public IList<Endpoint> Endpoints { get; set; } = [];
    }

    public sealed class Namespaces
    {
        public IList<string> MatchNames { get; set; } = [];
    }

    public sealed class Endpoint
    {
        public string? Port { get; set; }

        public string? Path { get; set; }

        public string? Interval { get; set; }
    }
}
