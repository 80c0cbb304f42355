using DotNet.Testcontainers.Containers;
using Phenaki.ContainerTests.Mesh;
using Phenaki.Testing;

namespace Phenaki.ContainerTests;

/// <summary>The mesh as containers; with it, what containers alone can be asked for.</summary>
public sealed class ContainerMeshTests(ContainerMeshFixture fixture) : MeshTests(fixture), IClassFixture<ContainerMeshFixture>
{
    /// <summary>The services, less Redis.</summary>
    public static TheoryData<MeshPart> Services => [MeshPart.TextEncoder, MeshPart.VideoTokenizer, MeshPart.MaskedTransformer, MeshPart.Orchestrator];

    [Fact(Timeout = Timeout)]
    public async Task Story_ByContainers_HasTheBytesOfOneByProcesses()
    {
        var mesh = await fixture.MeshAsync(Token);
        await using var processes = new ProcessMeshFixture();
        var request = Request("a bear is swimming.", "the bear walks.", seed: 11);
        using var client = await ClientAsync(mesh);
        using var other = await ClientAsync(await processes.MeshAsync(Token));

        Assert.Equal((await other.MakeAsync(request, null, Token)).Frames, (await client.MakeAsync(request, null, Token)).Frames);
    }

    [Theory(Timeout = Timeout), MemberData(nameof(Services))]
    public async Task Container_OfAService_MayDoNothingButCompute(MeshPart part)
    {
        var container = await ContainerAsync(part);

        Assert.Equal("10001 10001", await container.ShellAsync("echo $(id -u) $(id -g)", Token));
        Assert.Equal("0000000000000000", await container.ShellAsync("sed -n 's/^CapEff:[[:space:]]*//p' /proc/1/status", Token));
        Assert.Equal("1", await container.ShellAsync("sed -n 's/^NoNewPrivs:[[:space:]]*//p' /proc/1/status", Token));
        foreach (var path in new[] { "/", "/app", "/app/models", "/etc", "/usr/bin", "/var" })
        {
            Assert.NotEqual(0, (await container.ExecAsync(["touch", $"{path}/written"], Token)).ExitCode);
        }

        Assert.Equal("", await container.ShellAsync("touch /tmp/written && rm /tmp/written", Token));
    }

    [Theory(Timeout = Timeout), MemberData(nameof(Services))]
    public async Task HealthCheck_OfAService_SaysWhetherItServes(MeshPart part)
    {
        var container = await ContainerAsync(part);

        await HealthyAsync(container);
        var elsewhere = await container.ExecAsync(["/app/service", "--health-check", "--listen", "http://127.0.0.1:9"], Token);

        Assert.Equal(1, elsewhere.ExitCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task HealthCheck_OfAnOrchestratorWithoutAWorker_SaysNo()
    {
        var mesh = await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        var orchestrator = await ContainerAsync(MeshPart.Orchestrator);

        await mesh.KillAsync(MeshPart.VideoTokenizer, Token);

        // The orchestrator asks for its models when it starts: it comes up, and is not ready.
        await mesh.KillAsync(MeshPart.Orchestrator, Token);
        await mesh.StartAgainAsync(MeshPart.Orchestrator, Token);
        ExecResult asked;
        do
        {
            asked = await orchestrator.ExecAsync(["/app/service", "--health-check"], Token);
        }
        while (asked.Stderr.Contains("No answer", StringComparison.Ordinal));

        Assert.Equal(1, asked.ExitCode);
        Assert.Contains("not ready", asked.Stderr, StringComparison.Ordinal);
        await mesh.StartAgainAsync(MeshPart.VideoTokenizer, Token);
        await client.ReadyAsync(Token);
        await HealthyAsync(orchestrator);
    }

    [Fact(Timeout = Timeout)]
    public async Task Stop_OfAService_EndsItAtOnceAndOrderly()
    {
        var mesh = await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        var worker = await ContainerAsync(MeshPart.TextEncoder);

        await Engine.StopAsync(worker, Token);
        var exitCode = await worker.GetExitCodeAsync(Token);
        await mesh.StartAgainAsync(MeshPart.TextEncoder, Token);

        Assert.Equal(0, exitCode);
        await client.ReadyAsync(Token);
    }

    // On a machine with much to do the first answer may come too late.
    private static async Task HealthyAsync(IContainer container) =>
        await Eventually.TrueAsync(async () => (await container.ExecAsync(["/app/service", "--health-check"], Token)).ExitCode == 0, Token);

    private async Task<IContainer> ContainerAsync(MeshPart part)
    {
        var mesh = (ContainerMeshHost)await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        return mesh[part];
    }
}
