using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;
using Phenaki.ContainerTests.Mesh;
using Phenaki.Testing;

namespace Phenaki.ContainerTests.Images;

/// <summary>What an image says of itself, and what it holds.</summary>
public sealed class ImageTests
{
    private const int Timeout = 120_000;

    /// <summary>Every image.</summary>
    public static TheoryData<string> All => [.. ContainerImages.Services, "cli"];

    /// <summary>Every image of a service.</summary>
    public static TheoryData<string> Services => [.. ContainerImages.Services];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Timeout), MemberData(nameof(All))]
    public async Task Image_OfEveryProgram_RunsAsAUserOfNoPrivilege(string program)
    {
        var config = await ConfigAsync(program);

        Assert.Equal("10001:10001", config.User);
        Assert.Equal(["/app/service"], config.Entrypoint);
    }

    [Theory(Timeout = Timeout), MemberData(nameof(All))]
    public async Task Image_OfEveryProgram_SaysWhatItIs(string program)
    {
        var labels = (await ConfigAsync(program)).Labels!;

        Assert.Equal($"phenaki-{program}", labels["org.opencontainers.image.title"]);
        Assert.Contains(program, labels["org.opencontainers.image.description"], StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", labels["org.opencontainers.image.version"]);
        Assert.Matches("^([0-9a-f]{40}|unknown)$", labels["org.opencontainers.image.revision"]);
        Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, labels["org.opencontainers.image.documentation"])));
        Assert.False(string.IsNullOrEmpty(labels["org.opencontainers.image.vendor"]));
    }

    [Theory(Timeout = Timeout), MemberData(nameof(Services))]
    public async Task Image_OfAService_ChecksItsHealthByItself(string service) =>
        Assert.Equal(["CMD", "/app/service", "--health-check"], await HealthCheckAsync(service));

    [Fact(Timeout = Timeout)]
    public async Task Image_OfTheCommand_HasNoHealthToCheck() =>
        Assert.Equal(["NONE"], await HealthCheckAsync("cli"));

    [Theory(Timeout = Timeout), MemberData(nameof(All))]
    public async Task Image_OfEveryProgram_HoldsNeitherCompilerNorSdkNorTests(string program)
    {
        await using var container = await IdleAsync(program);

        Assert.Equal("", await container.ShellAsync("for tool in cc gcc g++ clang ld as make cmake git npm curl wget; do command -v $tool; done; true", Token));
        Assert.Equal("", await container.ShellAsync("dotnet --list-sdks", Token));
        Assert.Equal("", await container.ShellAsync("find / -xdev \\( -name '*.cs' -o -name '*.csproj' -o -name '*.nupkg' -o -name 'NuGet.Config' \\) -print 2> /dev/null || true", Token));
        Assert.Equal("", await container.ShellAsync("find /app \\( -iname '*xunit*' -o -name '*.pdb' -o -name '*.xml' \\) -print", Token));
    }

    [Theory(Timeout = Timeout), MemberData(nameof(All))]
    public async Task Image_OfEveryProgram_HasNothingThatItsUserCouldChange(string program)
    {
        await using var container = await IdleAsync(program);

        Assert.Equal("", await container.ShellAsync("find /app \\( -user 10001 -o -perm -o+w \\) ! -type l -print", Token));
        Assert.Equal("", await container.ShellAsync("find /app ! -readable -print", Token));
    }

    [Fact(Timeout = Timeout)]
    public async Task Image_OfTheOrchestrator_HoldsNoLibtorch()
    {
        await using var container = await IdleAsync("orchestrator");

        Assert.Equal("", await container.ShellAsync("find /app -name '*torch*' -print", Token));
    }

    [Fact(Timeout = Timeout)]
    public async Task Image_OfTheCommand_MakesAStoryOnItsOwn()
    {
        await using var container = await IdleAsync("cli");

        var result = await container.ExecAsync(
            ["/app/service", "story", "A robot dances in the snow.", "--frames", "5", "--steps", "2", "--no-cache", "-o", "/tmp/story.webp"], Token);

        Assert.True(result.ExitCode == 0, result.Stderr);
        Assert.Equal("RIFF", await container.ShellAsync("head -c 4 /tmp/story.webp", Token));
    }

    // Its own file system, as read-only as in compose.yaml, with a shell that waits instead of the program.
    private static async Task<IContainer> IdleAsync(string program)
    {
        var container = Engine.AsInCompose(new()
        {
            Image = ContainerImages.Name(program),
            ReadOnly = true,
            User = "10001:10001",
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges:true"],
            Tmpfs = ["/tmp"],
        }).WithEntrypoint("sleep", "600").Build();
        await container.StartAsync(Token);
        return container;
    }

    // Of a container that is never started: podman's answer about an image leaves it out.
    private static async Task<IEnumerable<string>> HealthCheckAsync(string program)
    {
        var name = ContainerImages.Name(program);
        using var client = Engine.Client();
        var container = await client.Containers.CreateContainerAsync(new() { Image = name }, Token);
        try
        {
            return (await client.Containers.InspectContainerAsync(container.ID, Token)).Config!.Healthcheck!.Test!;
        }
        finally
        {
            await client.Containers.RemoveContainerAsync(container.ID, new(), CancellationToken.None);
        }
    }

    private static async Task<DockerOCIImageConfig> ConfigAsync(string program)
    {
        var name = ContainerImages.Name(program);
        using var client = Engine.Client();
        return (await client.Images.InspectImageAsync(name, Token)).Config!;
    }
}
