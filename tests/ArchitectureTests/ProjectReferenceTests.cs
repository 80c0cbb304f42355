namespace Phenaki.ArchitectureTests;

/// <summary>The arrows between projects point one way: cli to services to what they share, and the trainer aside.</summary>
public sealed class ProjectReferenceTests
{
    // What a project of services/ may reference. A project that is not named here has no place yet.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Phenaki.Geometry"] = [],
        ["Phenaki.Contracts"] = ["Phenaki.Geometry"],
        ["Phenaki.Serving"] = [],
        ["Phenaki.Media"] = [],
        ["Phenaki.Studio"] = [],
        ["Phenaki.Caching"] = ["Phenaki.Geometry", "Phenaki.Contracts"],
        ["Phenaki.Models"] = ["Phenaki.Geometry"],
        ["Phenaki.ServiceDefaults"] = ["Phenaki.Contracts", "Phenaki.Serving"],
        ["Phenaki.TextEncoder"] = SharedBy("Phenaki.Models"),
        ["Phenaki.VideoTokenizer"] = SharedBy("Phenaki.Models"),
        ["Phenaki.MaskedTransformer"] = SharedBy("Phenaki.Models"),
        ["Phenaki.Orchestrator"] = SharedBy("Phenaki.Caching", "Phenaki.Media", "Phenaki.Studio"),
        ["Phenaki.Trainer"] = ["Phenaki.Models", "Phenaki.Media", "Phenaki.Geometry"],
        ["Phenaki.Cli"] =
        [
            "Phenaki.TextEncoder", "Phenaki.VideoTokenizer", "Phenaki.MaskedTransformer", "Phenaki.Orchestrator",
            .. SharedBy("Phenaki.Models", "Phenaki.Caching", "Phenaki.Media", "Phenaki.Studio"),
        ],
    };

    private static IEnumerable<Project> Code => Repository.Projects.Values.Where(project => !project.IsTest);

    [Fact]
    public void References_EveryProject_FollowTheArrows() => Assert.Empty(
        from project in Code
        from reference in project.References
        where !Allowed.TryGetValue(project.Name, out string[]? allowed) || !allowed.Contains(reference)
        select $"{project.Name} references {reference}");

    [Fact]
    public void References_EveryProject_HasAPlaceInTheArchitecture() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Code.Select(project => project.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void References_Services_NeverReachAnotherProgram() => Assert.Empty(
        from project in Code
        where project.Name != "Phenaki.Cli"
        from reached in project.Closure
        where reached.IsProgram && reached.Name != project.Name
        select $"{project.Name} reaches {reached.Name}");

    [Theory]
    [InlineData("Phenaki.Models", "Grpc.")]
    [InlineData("Phenaki.Models", "Microsoft.AspNetCore.")]
    [InlineData("Phenaki.Models", "StackExchange.Redis")]
    [InlineData("Phenaki.Serving", "Grpc.")]
    [InlineData("Phenaki.Serving", "Google.Protobuf")]
    [InlineData("Phenaki.Serving", "TorchSharp")]
    [InlineData("Phenaki.Serving", "OpenTelemetry")]
    [InlineData("Phenaki.Caching", "OpenTelemetry")]
    [InlineData("Phenaki.Models", "OpenTelemetry")]
    [InlineData("Phenaki.Media", "Grpc.")]
    [InlineData("Phenaki.Media", "Google.Protobuf")]
    [InlineData("Phenaki.Media", "TorchSharp")]
    [InlineData("Phenaki.Trainer", "Grpc.")]
    [InlineData("Phenaki.Orchestrator", "TorchSharp")]
    [InlineData("Phenaki.ServiceDefaults", "TorchSharp")]
    [InlineData("Phenaki.Caching", "TorchSharp")]
    [InlineData("Phenaki.Contracts", "TorchSharp")]
    public void Packages_OfProject_HoldNothingOfAnotherLayer(string project, string prefix) => Assert.Empty(
        from reached in Repository.Projects[project].Closure
        from package in reached.Packages
        where package.StartsWith(prefix, StringComparison.Ordinal)
        select $"{project} gets {package} through {reached.Name}");

    [Fact]
    public void Packages_OfGeometry_AreNone() => Assert.Empty(Repository.Projects["Phenaki.Geometry"].Packages);

    [Fact]
    public void Tests_EveryProject_HasItsOwn() => Assert.Empty(
        from project in Code
        where !(Repository.Projects.TryGetValue(project.Name + ".Tests", out var tests) && tests.IsTest)
        select $"{project.Name} has no project {project.Name}.Tests");

    private static string[] SharedBy(params string[] more) =>
        ["Phenaki.Contracts", "Phenaki.Geometry", "Phenaki.ServiceDefaults", "Phenaki.Serving", .. more];
}
