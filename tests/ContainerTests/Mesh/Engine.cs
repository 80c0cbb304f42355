using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>What Testcontainers does not ask of the engine: signals, images, their history.</summary>
internal static class Engine
{
    /// <summary>A client of the engine that Testcontainers uses.</summary>
    public static DockerClient Client() => TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder(Guid.Empty).Build();

    /// <summary>A container that is allowed what compose.yaml allows it.</summary>
    /// <param name="service">Its part of compose.yaml.</param>
    public static ContainerBuilder AsInCompose(ComposeService service) => new ContainerBuilder(service.Image)
        .WithEnvironment(service.Environment)
        .WithCommand([.. service.Command])
        .WithCreateParameterModifier(parameters =>
        {
            parameters.User = service.User;
            parameters.HostConfig!.ReadonlyRootfs = service.ReadOnly;
            parameters.HostConfig.CapDrop = service.CapDrop;
            parameters.HostConfig.SecurityOpt = service.SecurityOpt;
            parameters.HostConfig.Tmpfs = service.Tmpfs.ToDictionary(folder => folder, _ => "");
        });

    /// <summary>Ends a container as a power cut would, and waits until it runs no more.</summary>
    public static async Task KillAsync(IContainer container, CancellationToken cancellationToken)
    {
        using var client = Client();
        await client.Containers.KillContainerAsync(container.Id, new ContainerKillParameters { Signal = "SIGKILL" }, cancellationToken);
        await client.Containers.WaitContainerAsync(container.Id, cancellationToken);
    }

    /// <summary>Asks a container to stop, with the patience that compose.yaml grants.</summary>
    public static async Task StopAsync(IContainer container, CancellationToken cancellationToken)
    {
        using var client = Client();
        await client.Containers.StopContainerAsync(container.Id, new ContainerStopParameters { WaitBeforeKillSeconds = 45 }, cancellationToken);
    }

    /// <summary>Runs a shell command in a container.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> ShellAsync(this IContainer container, string command, CancellationToken cancellationToken)
    {
        var result = await container.ExecAsync(["sh", "-c", command], cancellationToken);
        Assert.True(result.ExitCode == 0, $"{command}: exit code {result.ExitCode}\n{result.Stdout}\n{result.Stderr}");
        return result.Stdout.Trim();
    }
}
