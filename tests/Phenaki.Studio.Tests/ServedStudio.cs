using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Phenaki.Studio.Tests;

/// <summary><c>phenaki serve</c> with a tiny model, in a process of its own, on ports that it keeps when it is started again.</summary>
public sealed class ServedStudio : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = RedisServerProcess.FreePort();
    private readonly int _httpPort = RedisServerProcess.FreePort();
    private readonly HttpClient _client = new();
    private ProgramProcess? _process;

    /// <summary>Where the page is.</summary>
    public string Page => Address("/studio/");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        StoryModel.Write(_folder.Of("model"));
        using var late = new CancellationTokenSource(Patience);
        await StartAsync(late.Token);
    }

    /// <summary>Starts the server.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = Cli.Start(
            "serve", "--port", Text(_port), "--http-port", Text(_httpPort), "--model", _folder.Of("model"), "--device", "cpu", "--cache-dir", _folder.Of("cache"));
        await _process.SaysAsync($"The studio is at {Page}", cancellationToken);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _process = null;
    }

    /// <summary>A story as the server has it.</summary>
    public async Task<JsonNode> StoryAsync(string id, CancellationToken cancellationToken) =>
        (await _client.GetFromJsonAsync<JsonNode>(Address($"/v1/stories/{id}"), cancellationToken))!["story"]!;

    /// <summary>The frames of a story that has ended, RGB.</summary>
    public async Task<IReadOnlyList<byte[]>> FramesAsync(string id, CancellationToken cancellationToken) =>
        [.. from frame in await EventsAsync(id, "frame", cancellationToken) select Convert.FromBase64String((string)frame["frame"]!["rgb"]!)];

    /// <summary>For each scene of a story that has ended, and each of its clips, whether nothing was sampled for it.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<bool>>> ClipsFromCacheAsync(string id, CancellationToken cancellationToken) =>
    [
        .. from scene in await EventsAsync(id, "sceneFinished", cancellationToken)
           select (IReadOnlyList<bool>)[.. scene["clips"]!.AsArray().Select(clip => (bool?)clip!["tokensFromCache"] ?? false)],
    ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task<IEnumerable<JsonNode>> EventsAsync(string id, string kind, CancellationToken cancellationToken)
    {
        var lines = await _client.GetStringAsync(new Uri(Address($"/v1/stories/{id}/events")), cancellationToken);
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)![kind]).OfType<JsonNode>();
    }

    private string Address(string path) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_httpPort}{path}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
