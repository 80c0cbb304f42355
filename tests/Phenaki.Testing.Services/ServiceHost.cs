using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.Testing.Services;

/// <summary>Services hosted in memory as their programs host them: same defaults, same interceptor, no port.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServiceHost(WebApplication app)
    {
        _app = app;
        Channel = GrpcChannel.ForAddress("http://localhost", new()
        {
            HttpHandler = app.GetTestServer().CreateHandler(),
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
        });
    }

    /// <summary>Channel to the services.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Of the host.</summary>
    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    /// <summary>What was logged.</summary>
    public FakeLogCollector Logs => _app.Services.GetFakeLogCollector();

    /// <summary>Starts a host; its services get ready in the background.</summary>
    /// <param name="add">Adds the services; runs after the defaults.</param>
    /// <param name="map">Maps the services.</param>
    /// <param name="settings">Configuration, as in <c>TextEncoder:MaxQueue</c>.</param>
    /// <param name="cancellationToken">Breaks off the start.</param>
    public static async Task<ServiceHost> StartAsync(
        Action<WebApplicationBuilder> add, Action<WebApplication> map, IReadOnlyDictionary<string, string?>? settings, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "tests", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddFakeLogging();
        builder.AddPhenakiServiceDefaults();
        add(builder);
        builder.WebHost.UseTestServer();
        var app = builder.Build();
        app.MapPhenakiDefaults();
        map(app);
        await app.StartAsync(cancellationToken);
        return new(app);
    }

    /// <summary>Waits until every service is ready.</summary>
    public async Task<ServiceHost> ReadyAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Services.GetServices<IWarmup>().Select(w => w.Completion)).WaitAsync(cancellationToken);
        return this;
    }

    /// <summary>Transport to the services, for calls that no channel makes; the caller's to dispose.</summary>
    public HttpMessageHandler Handler() => _app.GetTestServer().CreateHandler();

    /// <summary>Stops the host as SIGTERM does, and waits for it.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
