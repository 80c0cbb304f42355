using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>The probe service behind Kestrel on a port of loopback, as its program hosts it.</summary>
internal sealed class SocketHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SocketHost(WebApplication app) => _app = app;

    public WebApplication App => _app;

    public IReadOnlyList<string> Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    public string Address => Addresses[0];

    public FakeLogCollector Logs => _app.Services.GetFakeLogCollector();

    public static async Task<SocketHost> StartAsync(
        IReadOnlyDictionary<string, string?> settings, CancellationToken cancellationToken, ProbeService.Behaviour? behaviour = null, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "probe", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddFakeLogging();
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.AddPhenakiServiceDefaults();
        builder.AddPhenakiHttp();
        builder.Services.AddSingleton(behaviour ?? new());
        var app = builder.Build();
        app.MapPhenakiDefaults();
        app.MapGrpcService<ProbeService>();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
