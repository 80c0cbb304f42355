using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>The three fake services on a real port, where connections break as they do in a network.</summary>
internal sealed class SocketServices : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SocketServices(WebApplication app) => _app = app;

    /// <summary>Port on loopback.</summary>
    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>Breaks the connection of the call that is being answered, once it has begun to answer.</summary>
    public async Task BreakAsync(CancellationToken cancellationToken)
    {
        var call = _app.Services.GetRequiredService<IHttpContextAccessor>().HttpContext!;
        await Testing.Eventually.TrueAsync(() => ValueTask.FromResult(call.Response.HasStarted), cancellationToken);
        call.Abort();
    }

    public static async Task<SocketServices> StartAsync(FakeMesh fakes, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddGrpc();
        fakes.AddServices(builder);
        var app = builder.Build();
        FakeMesh.MapServices(app);
        await app.StartAsync(cancellationToken);
        return new(app);
    }

    /// <summary>Settings of an orchestrator in front of these services.</summary>
    /// <param name="address">As in "http://127.0.0.1".</param>
    public (string Name, string Value)[] Addresses(string address) =>
    [
        ("TextEncoderAddress", $"{address}:{Port}"),
        ("VideoTokenizerAddress", $"{address}:{Port}"),
        ("MaskedTransformerAddress", $"{address}:{Port}"),
    ];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
