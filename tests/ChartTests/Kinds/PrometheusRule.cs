namespace Phenaki.ChartTests.Kinds;

/// <summary>Rules of Prometheus: monitoring.coreos.com/v1.</summary>
public sealed class PrometheusRule : CustomObject<PrometheusRule.Rules>
{
    public sealed class Rules
    {
        public IList<Group> Groups { get; set; } = [];
    }

    public sealed class Group
    {
        public string? Name { get; set; }

        public string? Interval { get; set; }

        public IList<Rule> Rules { get; set; } = [];
    }

    public sealed class Rule
    {
        public string? Alert { get; set; }

        public string? Record { get; set; }

        public string? Expr { get; set; }

        public string? For { get; set; }

        public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

        public IDictionary<string, string> Annotations { get; set; } = new Dictionary<string, string>();
    }
}
