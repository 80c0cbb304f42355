using static System.FormattableString;

namespace Phenaki.Testing.Mesh;

/// <summary>The four services as processes of their own, with tiny models, and a real redis-server.</summary>
/// <param name="orchestratorArguments">Further arguments of the orchestrator, as in "--max-concurrent-stories", "1".</param>
public sealed class ServiceMesh(params string[] orchestratorArguments) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Variables to set for every service.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>How often the orchestrator makes a call again. Few by default: a story whose masked transformer is killed shall fail soon, not wait for it.</summary>
    public int MaxResumptions { get; init; } = 1;

    /// <summary>Clips that the masked transformer takes at the same time. One by default: a story that was not freed shows by keeping out the next.</summary>
    public int MaxQueue { get; init; } = 1;

    /// <summary>Folder of the model.</summary>
    public string Model => _folder.Of("model");

    /// <summary>The cache.</summary>
    public RedisServerProcess Redis { get; private set; } = null!;

    /// <summary>The text encoder.</summary>
    public ServiceProcess TextEncoder { get; private set; } = null!;

    /// <summary>The video tokenizer.</summary>
    public ServiceProcess VideoTokenizer { get; private set; } = null!;

    /// <summary>The masked transformer.</summary>
    public ServiceProcess MaskedTransformer { get; private set; } = null!;

    /// <summary>The orchestrator.</summary>
    public ServiceProcess Orchestrator { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        StoryModel.Write(Model);
        Redis = await RedisServerProcess.StartAsync(CancellationToken.None);
        TextEncoder = Service("text-encoder", "Phenaki.TextEncoder");
        VideoTokenizer = Service("video-tokenizer", "Phenaki.VideoTokenizer");
        MaskedTransformer = Service("masked-transformer", "Phenaki.MaskedTransformer", "--max-queue", Invariant($"{MaxQueue}"));

        Orchestrator = new ServiceProcess(
            "orchestrator", "Phenaki.Orchestrator", "Ready with",
            ["--text-encoder-address", TextEncoder.Address, "--video-tokenizer-address", VideoTokenizer.Address,
            "--masked-transformer-address", MaskedTransformer.Address, "--redis", $"{Redis.Address}", "--max-resumptions", Invariant($"{MaxResumptions}"),
            "--cache-lease", "00:00:00.200", .. orchestratorArguments]) { Environment = Environment };
    }

    /// <summary>Starts all that do not run, in the order that people would choose last, and waits for them.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Orchestrator.Start();
        MaskedTransformer.Start();
        VideoTokenizer.Start();
        TextEncoder.Start();
        await Orchestrator.ReadyAsync(cancellationToken);
    }

    /// <summary>Has a story made by these processes.</summary>
    /// <param name="prompts">Its scenes.</param>
    /// <param name="output">Gets the frames.</param>
    /// <param name="more">Further arguments.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProgramResult> StoryAsync(IEnumerable<string> prompts, string output, IEnumerable<string> more, CancellationToken cancellationToken) =>
        Cli.RunAsync(Cli.Story(prompts, output, ["--address", Orchestrator.Address, .. more]), cancellationToken);

    /// <summary>A path of this mesh's own.</summary>
    public string Of(string name) => _folder.Of(name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in new[] { Orchestrator, MaskedTransformer, VideoTokenizer, TextEncoder })
        {
            if (service is not null)
            {
                await service.DisposeAsync();
            }
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        _folder.Dispose();
    }

    private ServiceProcess Service(string name, string assembly, params string[] more) =>
        new(name, assembly, "is ready", ["--model", Path.Combine(Model, name), "--device", "cpu", .. more]) { Environment = Environment };
}
