using Microsoft.Extensions.Logging;
using Phenaki.MaskedTransformer;
using Phenaki.Orchestrator;
using Phenaki.Testing;
using Phenaki.Testing.Models;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder;
using Phenaki.VideoTokenizer;

namespace Phenaki.Fuzzing.Targets;

/// <summary>The four services as their programs host them, in memory, with tiny models.</summary>
internal sealed class FuzzedMesh : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly HttpMessageHandler _transport;

    private FuzzedMesh(TemporaryFolder folder, HttpMessageHandler transport, ServiceHost models, ServiceHost orchestrator)
    {
        _folder = folder;
        _transport = transport;
        Models = models;
        Orchestrator = orchestrator;
    }

    /// <summary>Text encoder, video tokenizer and masked transformer.</summary>
    public ServiceHost Models { get; }

    /// <summary>The orchestrator, which calls the three.</summary>
    public ServiceHost Orchestrator { get; }

    /// <summary>Starts them and waits until they are ready.</summary>
    public static async Task<FuzzedMesh> StartAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var models = await ServiceHost.StartAsync(
            builder => builder.AddTextEncoder().AddVideoTokenizer().AddMaskedTransformer(),
            app => app.MapTextEncoder().MapVideoTokenizer().MapMaskedTransformer(),
            new Dictionary<string, string?>
            {
                ["TextEncoder:Model"] = TinyModels.WriteTextEncoder(folder.Of("text-encoder")),
                ["TextEncoder:BatchWaitMilliseconds"] = "0",
                ["VideoTokenizer:Model"] = TinyModels.WriteVideoTokenizer(folder.Of("video-tokenizer")),
                ["VideoTokenizer:MaxSessions"] = "100",
                ["MaskedTransformer:Model"] = TinyModels.WriteMaskedTransformer(folder.Of("masked-transformer")),
                ["TextEncoder:Device"] = "cpu",
                ["VideoTokenizer:Device"] = "cpu",
                ["MaskedTransformer:Device"] = "cpu",
            },
            cancellationToken);
        await models.ReadyAsync(cancellationToken);
        var transport = models.Handler();
        var orchestrator = await ServiceHost.StartAsync(
            builder => builder.AddOrchestrator(transport),
            app => app.MapOrchestrator(),
            new Dictionary<string, string?> { ["Orchestrator:MaxConcurrentStories"] = "100" },
            cancellationToken);
        await orchestrator.ReadyAsync(cancellationToken);
        return new(folder, transport, models, orchestrator);
    }

    /// <summary>What was logged as an error since the last time; the rest is forgotten.</summary>
    public IReadOnlyList<string> TakeErrors()
    {
        List<string> errors = [];
        foreach (var logs in new[] { Models.Logs, Orchestrator.Logs })
        {
            errors.AddRange(logs.GetSnapshot().Where(record => record.Level >= LogLevel.Error).Select(record => $"{record.Message} {record.Exception}"));
            logs.Clear();
        }

        return errors;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Orchestrator.DisposeAsync();
        await Models.DisposeAsync();
        _transport.Dispose();
        _folder.Dispose();
    }
}
