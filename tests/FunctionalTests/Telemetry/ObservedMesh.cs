using Phenaki.Testing;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>A mesh that sends everything to a collector, and what was asked of it: a story, the same again, and one too many.</summary>
public sealed class ObservedMesh : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private OtlpCollector? _collector;

    internal OtlpCollector Collector => _collector!;

    internal ServiceMesh Mesh { get; private set; } = null!;

    /// <summary>What the four endpoints said afterwards.</summary>
    internal PrometheusText Metrics { get; } = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        _collector = await OtlpCollector.StartAsync(late.Token);
        Mesh = new("--max-concurrent-stories", "1") { Environment = _collector.Variables };
        await Mesh.InitializeAsync();
        await Mesh.StartAsync(late.Token);
        await AskAsync(late.Token);
        using var http = new HttpClient();
        foreach (var service in new[] { Mesh.Orchestrator, Mesh.TextEncoder, Mesh.VideoTokenizer, Mesh.MaskedTransformer })
        {
            Metrics.Add(await http.GetStringAsync(service.Metrics, late.Token));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Mesh is not null)
        {
            await Mesh.DisposeAsync();
        }

        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        string[] prompts = ["a bear walks.", "the bear dances."];
        (await StoryAsync(prompts, "first", cancellationToken)).Succeeded();
        (await StoryAsync(prompts, "again", cancellationToken)).Succeeded();
        string[] endless = ["--frames", "10000", "--steps", "256"];
        await using var busy = Cli.Start(Cli.Story(["a panda walks."], Mesh.Of("endless"), ["--address", Mesh.Orchestrator.Address, .. endless]));
        await busy.SaysAsync("clip 1 of ", cancellationToken);
        var refused = await StoryAsync(["a red bear walks."], "refused", cancellationToken);
        Assert.Equal(1, refused.ExitCode);
        await busy.SignalAsync("-TERM", cancellationToken);
        await busy.EndAsync(cancellationToken);
        await Eventually.TrueAsync(async () => await RunningAsync(cancellationToken) == 0, cancellationToken);
    }

    private async Task<double> RunningAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        return new PrometheusText().Add(await http.GetStringAsync(Mesh.Orchestrator.Metrics, cancellationToken)).Sum("phenaki_story_running");
    }

    private async Task<ProgramResult> StoryAsync(string[] prompts, string output, CancellationToken cancellationToken)
    {
        await using var client = ProgramProcess.Start(
            "cli", "phenaki", Cli.Story(prompts, Mesh.Of(output), ["--address", Mesh.Orchestrator.Address]), Collector.Variables);
        return await client.EndAsync(cancellationToken);
    }
}
