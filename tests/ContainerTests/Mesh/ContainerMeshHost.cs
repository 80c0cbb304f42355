using System.Globalization;
using System.Security.Cryptography;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Networks;
using DotNet.Testcontainers.Volumes;
using Phenaki.Testing;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>The mesh as containers of the built images, with the settings of compose.yaml, in a network of their own.</summary>
internal sealed class ContainerMeshHost : IMeshHost
{
    private const string ModelFolder = "/models";
    private static readonly UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly INetwork _network = new NetworkBuilder().Build();
    private readonly IVolume _stories = new VolumeBuilder().WithName($"phenaki-stories-{RandomNumberGenerator.GetHexString(16, lowercase: true)}").Build();
    private readonly Dictionary<MeshPart, IContainer> _containers = [];
    private readonly int _port = RedisServerProcess.FreePort();

    /// <summary>A mesh that does not run yet.</summary>
    /// <param name="model">Folder of the model's three parts; null for the model in the images.</param>
    public ContainerMeshHost(string? model)
    {
        var compose = ComposeFile.Read("compose.yaml", new Dictionary<string, string> { ["PHENAKI_IMAGE_TAG"] = ContainerImages.Tag! });
        foreach (var (part, name) in Names)
        {
            var builder = Engine.AsInCompose(compose.Services[name])
                .WithNetwork(_network)
                .WithNetworkAliases(name)
                // As the processes of the tests, which share the cores: many threads that wait for each other are slower than one.
                .WithEnvironment("OMP_NUM_THREADS", "1");
            if (part == MeshPart.Orchestrator)
            {
                builder = builder
                    .WithEnvironment("PHENAKI_Orchestrator__MaxResumptions", MeshSettings.MaxResumptions.ToString(CultureInfo.InvariantCulture))
                    .WithEnvironment("PHENAKI_Stories__MembershipPeriod", MeshSettings.MembershipPeriod)
                    .WithCreateParameterModifier(PublishOnLoopback);
            }
            else if (part == MeshPart.Stories)
            {
                builder = builder.WithVolumeMount(_stories, compose.Services[name].Volumes.Single().Split(':')[1]);
            }
            else if (part != MeshPart.Redis && model is not null)
            {
                Open(model);
                builder = builder
                    .WithBindMount(model, ModelFolder, AccessMode.ReadOnly)
                    .WithEnvironment($"PHENAKI_{part}__Model", $"{ModelFolder}/{name}");
            }

            _containers[part] = builder.Build();
        }
    }

    /// <summary>Names of the parts in compose.yaml, the orchestrator first: it must not matter in which order they start.</summary>
    public static IReadOnlyDictionary<MeshPart, string> Names { get; } = new Dictionary<MeshPart, string>
    {
        [MeshPart.Orchestrator] = "orchestrator",
        [MeshPart.MaskedTransformer] = "masked-transformer",
        [MeshPart.VideoTokenizer] = "video-tokenizer",
        [MeshPart.TextEncoder] = "text-encoder",
        [MeshPart.Redis] = "redis",
        [MeshPart.Stories] = "stories",
    };

    /// <inheritdoc/>
    public Uri Orchestrator => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>The container of a part.</summary>
    public IContainer this[MeshPart part] => _containers[part];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _network.CreateAsync(cancellationToken);
        await _stories.CreateAsync(cancellationToken);
        foreach (var container in _containers.Values)
        {
            await container.StartAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task KillAsync(MeshPart part, CancellationToken cancellationToken) => Engine.KillAsync(_containers[part], cancellationToken);

    /// <inheritdoc/>
    public Task StartAgainAsync(MeshPart part, CancellationToken cancellationToken) => _containers[part].StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<string> SaidAsync(CancellationToken cancellationToken)
    {
        var said = new List<string>();
        foreach (var (part, container) in _containers)
        {
            var (output, error) = await container.GetLogsAsync(ct: cancellationToken);
            said.Add($"=== {part}\n{output}\n{error}");
        }

        return string.Join('\n', said);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var container in _containers.Values)
        {
            await container.DisposeAsync();
        }

        await _stories.DisposeAsync();
        await _network.DisposeAsync();
    }

    private void PublishOnLoopback(CreateContainerParameters parameters)
    {
        parameters.ExposedPorts = new Dictionary<string, EmptyStruct> { ["5100/tcp"] = default };
        parameters.HostConfig!.PortBindings = new Dictionary<string, IList<PortBinding>>
        {
            ["5100/tcp"] = [new() { HostIP = "127.0.0.1", HostPort = _port.ToString(CultureInfo.InvariantCulture) }],
        };
    }

    // The user of the containers is none of this machine, and folders of tests are closed to others.
    private static void Open(string model)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(Path.GetDirectoryName(model)!, Readable);
        foreach (var folder in Directory.EnumerateDirectories(model).Append(model))
        {
            File.SetUnixFileMode(folder, Readable);
        }
    }
}
