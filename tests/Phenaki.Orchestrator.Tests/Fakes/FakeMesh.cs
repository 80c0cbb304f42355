using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.Story.V1;
using Phenaki.Testing.Services;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>The orchestrator as it runs, in front of three fake services, over gRPC in memory.</summary>
internal sealed class FakeMesh : IAsyncDisposable
{
    private ServiceHost? _services;
    private ServiceHost? _orchestrator;

    public FakeTextEncoder Text { get; } = new();

    public FakeVideoTokenizer Video { get; } = new();

    public FakeMaskedTransformer Masked { get; } = new();

    public ServiceHost Orchestrator => _orchestrator!;

    public StoryService.StoryServiceClient Client => new(_orchestrator!.Channel);

    public int InFlight => Text.InFlight + Video.Encoder.InFlight + Video.Decoder.InFlight + Masked.InFlight;

    public async Task<FakeMesh> StartAsync(CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        _services = await ServiceHost.StartAsync(
            AddServices, MapServices, settings: null, cancellationToken);
        var handler = ((TestServer)_services.Services.GetRequiredService<IServer>()).CreateHandler();
        _orchestrator = await StartOrchestratorAsync(handler, cancellationToken, settings);
        return this;
    }

    public static Task<ServiceHost> StartOrchestratorAsync(
        HttpMessageHandler? transport, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Orchestrator:ResumptionDelay"] = "00:00:00.010",
            ["Orchestrator:MaxResumptions"] = "2",
            ["Orchestrator:ModelRetryInterval"] = "00:00:00.100",
        };
        foreach (var (name, value) in settings)
        {
            // A name with a colon is that of another section, one that begins with it of none.
            all[name.Contains(':', StringComparison.Ordinal) ? name.TrimStart(':') : $"Orchestrator:{name}"] = value;
        }

        return ServiceHost.StartAsync(builder => builder.AddOrchestrator(transport), app => app.MapOrchestrator(), all, cancellationToken);
    }

    public async Task<FakeMesh> ReadyAsync(CancellationToken cancellationToken)
    {
        await _orchestrator!.ReadyAsync(cancellationToken);
        return this;
    }

    /// <summary>Waits until the orchestrator has joined those that keep stories.</summary>
    public Task StoriesAsync(CancellationToken cancellationToken) => Testing.Eventually.TrueAsync(
        () => ValueTask.FromResult(_orchestrator!.Logs.GetSnapshot().Any(record => record.Id.Id == 6101)), cancellationToken);

    public void AddServices(WebApplicationBuilder builder) => builder.Services.AddSingleton(Text).AddSingleton(Video).AddSingleton(Masked);

    public static void MapServices(WebApplication app)
    {
        app.MapGrpcService<WireTextEncoder>();
        app.MapGrpcService<WireVideoTokenizer>();
        app.MapGrpcService<WireMaskedTransformer>();
    }

    public async ValueTask DisposeAsync()
    {
        if (_orchestrator is not null)
        {
            await _orchestrator.DisposeAsync();
        }

        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
    }
}
