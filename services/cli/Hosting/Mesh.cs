using System.Net.Sockets;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging.Console;
using Phenaki.MaskedTransformer;
using Phenaki.Models;
using Phenaki.Orchestrator;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Durable;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Security;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.ServiceDefaults.Telemetry;
using Phenaki.Story.V1;
using Phenaki.TextEncoder;
using Phenaki.VideoTokenizer;

namespace Phenaki.Cli.Hosting;

/// <summary>The four services and the cache in this process, on the same gRPC contracts as in processes of their own.</summary>
internal sealed class Mesh : IAsyncDisposable
{
    // Calls inside the process name no host that is ever looked up.
    private const string Inside = "http://mesh";

    private const string KeyFile = $"{ApiKeyOptions.Section}:{nameof(ApiKeyOptions.File)}";

    private readonly WebApplication _app;
    private readonly MeshCache _cache;
    private readonly MeshTransport _transport;

    private readonly bool _listens;

    private Mesh(WebApplication app, MeshCache cache, MeshTransport transport, bool listens)
    {
        _app = app;
        _listens = listens;
        _cache = cache;
        _transport = transport;
    }

    /// <summary>Why the cache is not the one that was asked for; null when it is.</summary>
    public string? Notice => _cache.Notice;

    /// <summary>Where clients outside reach it; nothing when it does not listen. The first is that of gRPC, a second that of HTTP/1.1.</summary>
    public IReadOnlyList<string> Addresses => _listens ? [.. _app.Urls] : [];

    /// <summary>Reaches the services from inside the process; belongs to the mesh.</summary>
    public HttpMessageHandler Transport => _transport;

    /// <summary>Starts cache and services, loads the models, and returns when all are ready.</summary>
    /// <exception cref="StartupException">A model cannot be loaded.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<Mesh> StartAsync(MeshOptions options, CancellationToken cancellationToken)
    {
        // Each of these takes a good part of a second, and none needs another: the cache, libtorch, the host.
        var cacheStart = Task.Run(() => MeshCache.Start(options.Cache, options.Stories), CancellationToken.None);
        var torchStart = Task.Run(TorchRuntime.EnsureLoaded, CancellationToken.None);
        var transport = new MeshTransport();
        Mesh? mesh = null;
        try
        {
            var builder = Prepare(options, transport, cancellationToken);
            var cache = await cacheStart;
            mesh = new Mesh(Build(builder, cache), cache, transport, options.Listen is not null);
            await torchStart;
            await mesh.StartAsync(cancellationToken);
            return mesh;
        }
        catch
        {
            await Task.WhenAll(cacheStart, torchStart).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (mesh is not null)
            {
                await mesh.DisposeAsync();
            }
            else
            {
                transport.Dispose();
                if (cacheStart.IsCompletedSuccessfully)
                {
                    (await cacheStart).Dispose();
                }
            }

            throw;
        }
    }

    /// <summary>Serves until asked to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var asked = cancellationToken.Register(() => stopped.TrySetResult());
        await using var ended = _app.Lifetime.ApplicationStopping.Register(() => stopped.TrySetResult());
        await stopped.Task;
        await _app.StopAsync(CancellationToken.None);
        ThrowIfFailed();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _transport.Dispose();
        _cache.Dispose();
    }

    private static WebApplicationBuilder Prepare(MeshOptions options, MeshTransport transport, CancellationToken cancellationToken)
    {
        // Empty, since the ordinary builders read appsettings.json of whatever folder the process was started in.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "phenaki", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddOpenTelemetryVariables().AddEnvironmentVariables("PHENAKI_");
        if (options.Listen is not null && !string.IsNullOrEmpty(builder.Configuration[KeyFile]))
        {
            // The services behind the orchestrator are on the same port, and ask for no key.
            throw CliException.Usage($"{KeyFile} is set, but 'serve' lets everyone call every service; run the four services apart to have keys.");
        }

        builder.Configuration.AddInMemoryCollection(Settings(options));
        builder.Logging.SetMinimumLevel(options.LogLevel).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddPhenakiServiceDefaults();

        // What keeps the services from starting is said by the command.
        builder.Logging.AddFilter("Phenaki.ServiceDefaults.Startup", LogLevel.None);
        if (options.Listen is null)
        {
            builder.WebHost.UseTestServer();

            // Nobody but the command calls this server, which has no limit on bodies to set; without the filter that is said at every start.
            builder.Logging.AddFilter("Microsoft.AspNetCore.Routing.EndpointRoutingMiddleware", LogLevel.Error);
        }

        builder.AddTextEncoder();
        builder.AddVideoTokenizer();
        builder.AddMaskedTransformer();
        builder.AddOrchestrator(transport);
        if (options.Listen is null)
        {
            // Orleans tells a start that is broken off as the failure of each of its parts; the command says it in a word.
            builder.Logging.AddFilter("Orleans", level => level >= LogLevel.Error && !cancellationToken.IsCancellationRequested);
        }

        return builder;
    }

    private static WebApplication Build(WebApplicationBuilder builder, MeshCache cache)
    {
        builder.Configuration.AddInMemoryCollection(Settings(cache));
        var app = builder.Build();
        app.MapPhenakiDefaults();
        app.MapTextEncoder();
        app.MapVideoTokenizer();
        app.MapMaskedTransformer();
        app.MapOrchestrator();
        return app;
    }

    private static Dictionary<string, string?> Settings(MeshOptions options)
    {
        Dictionary<string, string?> settings = new()
        {
            [ServiceDefaultsExtensions.ListenKey] = options.Listen,
            [HttpExtensions.ListenKey] = options.HttpListen,
            [$"{TextEncoderOptions.Section}:{nameof(TextEncoderOptions.Model)}"] = options.Parts.TextEncoder,
            [$"{TextEncoderOptions.Section}:{nameof(TextEncoderOptions.Device)}"] = options.Device,
            [$"{VideoTokenizerOptions.Section}:{nameof(VideoTokenizerOptions.Model)}"] = options.Parts.VideoTokenizer,
            [$"{VideoTokenizerOptions.Section}:{nameof(VideoTokenizerOptions.Device)}"] = options.Device,
            [$"{MaskedTransformerOptions.Section}:{nameof(MaskedTransformerOptions.Model)}"] = options.Parts.MaskedTransformer,
            [$"{MaskedTransformerOptions.Section}:{nameof(MaskedTransformerOptions.Device)}"] = options.Device,
            [$"{OrchestratorOptions.Section}:{nameof(OrchestratorOptions.TextEncoderAddress)}"] = Inside,
            [$"{OrchestratorOptions.Section}:{nameof(OrchestratorOptions.VideoTokenizerAddress)}"] = Inside,
            [$"{OrchestratorOptions.Section}:{nameof(OrchestratorOptions.MaskedTransformerAddress)}"] = Inside,
        };
        switch (options.Stories)
        {
            case StoryKeeping.None:
                settings[$"{DurableStoryOptions.Section}:{nameof(DurableStoryOptions.Enabled)}"] = "false";
                break;
            case StoryKeeping.Process:
                // Who sits before it may think for as long as they like.
                settings[$"{DurableStoryOptions.Section}:{nameof(DurableStoryOptions.MaxDirectionWait)}"] = "1.00:00:00";
                break;
        }

        if (options.Listen is null)
        {
            // Nobody outside the process can call: what guards ports is for programs that have one.
            settings[KeyFile] = "";
            settings[$"{TlsOptions.Section}:{nameof(TlsOptions.CertificateFile)}"] = "";
            settings[$"{TlsOptions.Section}:{nameof(TlsOptions.KeyFile)}"] = "";
            settings[$"{TlsOptions.Section}:{nameof(TlsOptions.ClientCaFile)}"] = "";
            settings[$"{TlsOptions.Section}:{nameof(TlsOptions.ClientNames)}"] = "";

            // A command makes one clip at a time: there is nothing to share a forward pass with, and no need to find out how many could.
            settings[$"{MaskedTransformerOptions.Section}:{nameof(MaskedTransformerOptions.MaxClipsPerForward)}"] = "1";
        }

        return settings;
    }

    private static Dictionary<string, string?> Settings(MeshCache cache)
    {
        Dictionary<string, string?> settings = new() { [$"{OrchestratorOptions.Section}:{nameof(OrchestratorOptions.Redis)}"] = cache.Address };
        if (cache.IsEmbedded)
        {
            // There is no other replica to wait for, only what a process that was killed has left.
            settings[$"{OrchestratorOptions.Section}:{nameof(OrchestratorOptions.CacheLease)}"] = "00:00:00.100";
        }

        if (cache.Stories.Length > 0)
        {
            settings[$"{DurableStoryOptions.Section}:{nameof(DurableStoryOptions.Redis)}"] = cache.Stories;
            settings[$"{DurableStoryOptions.Section}:{nameof(DurableStoryOptions.Alone)}"] = "true";
        }

        return settings;
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception) when (_app.Services.GetRequiredService<StartupFailure>().Message is not null)
        {
            ThrowIfFailed();
        }

        if (_listens)
        {
            // Whoever calls from outside is told that a model is still loading; so is what calls from inside.
            _transport.Start(Sockets());
            await ReadyAsync(_ => true, cancellationToken);
        }
        else
        {
            // A call before the models are there would be sent away, to come again after a second.
            await ReadyAsync(part => part.ServiceName != StoryService.Descriptor.FullName, cancellationToken);
            _transport.Start(_app.GetTestServer().CreateHandler());
            await ReadyAsync(_ => true, cancellationToken);
        }
    }

    // A part that cannot start stops the others, whose waiting then ends without a word: its own message comes first.
    private async Task ReadyAsync(Func<IWarmup, bool> which, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_app.Services.GetServices<IWarmup>().Where(which).Select(part => part.Completion))
                .WaitAsync(_app.Lifetime.ApplicationStopping).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ThrowIfFailed();
            throw;
        }
    }

    private void ThrowIfFailed()
    {
        if (_app.Services.GetRequiredService<StartupFailure>().Message is { } message)
        {
            throw new StartupException(message);
        }
    }

    private SocketsHttpHandler Sockets()
    {
        // Port 0 is known only now, and an address such as 0.0.0.0 is none to call.
        var port = new Uri(_app.Urls.First()).Port;
        var host = new Uri(_app.Urls.First()).Host;
        return new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(host is "0.0.0.0" or "[::]" ? "localhost" : host.Trim('[', ']'), port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
    }
}
