namespace Phenaki.ChartTests.Kinds;

/// <summary>A route of a Gateway: gateway.networking.k8s.io/v1, the fields that the chart uses.</summary>
public sealed class GrpcRoute : CustomObject<GrpcRoute.Route>
{
    public sealed class Route
    {
        public IList<Parent> ParentRefs { get; set; } = [];

        public IList<string> Hostnames { get; set; } = [];

        public IList<Rule> Rules { get; set; } = [];
    }

    public sealed class Parent
    {
        public string? Group { get; set; }

        public string? Kind { get; set; }

        public string? Namespace { get; set; }

        public string? Name { get; set; }

        public string? SectionName { get; set; }

        public int? Port { get; set; }
    }

    public sealed class Rule
    {
        public IList<Match> Matches { get; set; } = [];

        public IList<Backend> BackendRefs { get; set; } = [];
    }

    public sealed class Match
    {
        public Method? Method { get; set; }
    }

    public sealed class Method
    {
        public string? Type { get; set; }

        public string? Service { get; set; }
    }

    public sealed class Backend
    {
        public string? Name { get; set; }

        public int? Port { get; set; }
    }
}
