using System.Text.RegularExpressions;
using Phenaki.ContainerTests.Mesh;
using Phenaki.Testing;

namespace Phenaki.ContainerTests;

/// <summary>compose.yaml and Dockerfile, read as files: these tests need no engine.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly ComposeFile Compose = ComposeFile.Read("compose.yaml");

    private static string Dockerfile { get; } = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docker", "Dockerfile"));

    private static string Version { get; } =
        VersionElement().Match(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "Directory.Build.props"))).Groups[1].Value;

    [Fact]
    public void Services_ByDefault_AreTheMeshItsCacheAndItsStories() =>
        Assert.Equal(ContainerMeshHost.Names.Values.Order(StringComparer.Ordinal), Named(service => service.Profiles.Count == 0));

    [Fact]
    public void Services_OfTheMonitoringProfile_ArePrometheusAndGrafana() =>
        Assert.Equal(["grafana", "prometheus"], Named(service => service.Profiles is ["monitoring"]));

    [Fact]
    public void Services_EachOfThem_MayDoNothingButItsWork() => Assert.All(Compose.Services.Values, service =>
    {
        Assert.True(service.ReadOnly);
        Assert.Equal(["ALL"], service.CapDrop);
        Assert.Equal(["no-new-privileges:true"], service.SecurityOpt);
        Assert.Matches(@"^[1-9]\d*:\d+$", service.User);
    });

    [Fact]
    public void Ports_OfEveryService_AreOpenToThisMachineAlone() =>
        Assert.All(Compose.Services.Values.SelectMany(service => service.Ports), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Fact]
    public void Images_OfTheServices_AreBuiltFromTheDockerfileUnderTheVersionOfTheSource()
    {
        foreach (var name in ContainerImages.Services)
        {
            var service = Compose.Services[name];
            Assert.Equal($"phenaki-{name}:{Version}", service.Image);
            Assert.Equal("docker/Dockerfile", service.Build!.Dockerfile);
            Assert.Equal(name, service.Build.Args["SERVICE"]);
            Assert.Contains($" AS {service.Build.Target}\n", Dockerfile, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CudaFile_OverTheWorkers_TakesTheOtherTarget()
    {
        var cuda = ComposeFile.Read("compose.cuda.yaml");

        Assert.Equal(ContainerImages.Workers.Order(StringComparer.Ordinal), cuda.Services.Keys.Order(StringComparer.Ordinal));
        Assert.All(cuda.Services, service => Assert.Equal(($"phenaki-{service.Key}:{Version}-cuda", "cuda"), (service.Value.Image, service.Value.Build!.Target)));
        Assert.Contains(" AS cuda\n", Dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void Mounts_FromItsFolder_Exist() => Assert.Empty(
        from service in Compose.Services
        from volume in service.Value.Volumes
        let source = volume.Split(':')[0]
        where source.StartsWith("./", StringComparison.Ordinal) && !Path.Exists(Path.Combine(RepositoryFiles.Root, "docker", source))
        select $"{service.Key} mounts {source}");

    [Fact]
    public void Dockerfile_StagesThatShip_BeginWithTheRuntimeAndCopyLayersByHowOftenTheyChange()
    {
        foreach (var target in new[] { "cpu", "cuda" })
        {
            var stage = Dockerfile[Dockerfile.IndexOf($"FROM runtime AS {target}\n", StringComparison.Ordinal)..];
            var copied = CopiedLayer().Matches(stage).Take(4).Select(match => $"{match.Groups["from"]}/{match.Groups["layer"]}");
            Assert.Equal(new[] { "natives", "packages", "model", "own" }.Select(layer => $"publish-{target}/{layer}"), copied);
        }
    }

    private static IEnumerable<string> Named(Func<ComposeService, bool> condition) =>
        Compose.Services.Where(service => condition(service.Value)).Select(service => service.Key).Order(StringComparer.Ordinal);

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex VersionElement();

    [GeneratedRegex(@"COPY --from=(?<from>\S+) /layers/\$\{SERVICE\}/(?<layer>\w+)/ /")]
    private static partial Regex CopiedLayer();
}
