using Phenaki.Testing;
using Phenaki.Testing.Mesh;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>The mesh as processes of this machine, from the build's output, with a real redis-server.</summary>
internal sealed class ProcessMeshHost : IMeshHost
{
    private readonly Dictionary<MeshPart, RedisServerProcess> _stores = new()
    {
        [MeshPart.Redis] = RedisServerProcess.NotStarted(),
        [MeshPart.Stories] = RedisServerProcess.NotStarted("--appendonly", "yes"),
    };

    private readonly Dictionary<MeshPart, ServiceProcess> _services;

    /// <summary>A mesh that does not run yet.</summary>
    /// <param name="model">Folder of the model's three parts.</param>
    public ProcessMeshHost(string model)
    {
        ServiceProcess Worker(string name, string assembly) => new(name, assembly, "is ready", "--model", Path.Combine(model, name), "--device", "cpu");

        var textEncoder = Worker("text-encoder", "Phenaki.TextEncoder");
        var videoTokenizer = Worker("video-tokenizer", "Phenaki.VideoTokenizer");
        var maskedTransformer = Worker("masked-transformer", "Phenaki.MaskedTransformer");
        var orchestrator = new ServiceProcess(
            "orchestrator", "Phenaki.Orchestrator", "Ready with",
            "--text-encoder-address", textEncoder.Address, "--video-tokenizer-address", videoTokenizer.Address,
            "--masked-transformer-address", maskedTransformer.Address, "--redis", _stores[MeshPart.Redis].Address, "--max-resumptions", $"{MeshSettings.MaxResumptions}",
            $"--Stories:Redis={_stores[MeshPart.Stories].Address}", "--Stories:AdvertisedAddress=127.0.0.1",
            $"--Stories:MembershipPeriod={MeshSettings.MembershipPeriod}");
        _services = new()
        {
            [MeshPart.Orchestrator] = orchestrator,
            [MeshPart.TextEncoder] = textEncoder,
            [MeshPart.VideoTokenizer] = videoTokenizer,
            [MeshPart.MaskedTransformer] = maskedTransformer,
        };
    }

    /// <inheritdoc/>
    public Uri Orchestrator => new(_services[MeshPart.Orchestrator].Address);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _services.Values)
        {
            service.Start();
        }

        foreach (var store in _stores.Values)
        {
            await store.StartAgainAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task KillAsync(MeshPart part, CancellationToken cancellationToken) =>
        _stores.TryGetValue(part, out var store) ? store.StopAsync() : _services[part].KillAsync();

    /// <inheritdoc/>
    public async Task StartAgainAsync(MeshPart part, CancellationToken cancellationToken)
    {
        if (_stores.TryGetValue(part, out var store))
        {
            await store.StartAgainAsync(cancellationToken);
        }
        else
        {
            _services[part].Start();
        }
    }

    /// <inheritdoc/>
    public Task<string> SaidAsync(CancellationToken cancellationToken) =>
        Task.FromResult(string.Join('\n', _services.Select(service => $"=== {service.Key}\n{service.Value.Said}")));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.Values)
        {
            await service.DisposeAsync();
        }

        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync();
        }
    }
}
