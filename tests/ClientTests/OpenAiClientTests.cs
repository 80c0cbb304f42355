using System.Text.Json.Nodes;
using Phenaki.Testing;

namespace Phenaki.ClientTests;

/// <summary>The videos API, called by OpenAI's own client for Node.</summary>
[Collection("one story at a time")]
public sealed class OpenAiClientTests(ClientMesh services) : IDisposable
{
    private const int Timeout = 600_000;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task FirstVideo_AsTheReadmeShowsIt_IsMade()
    {
        var client = await services.ClientAsync(ClientLanguage.OpenAi, Token);
        var source = client.Text(ClientLanguage.OpenAi.FirstVideo);
        Assert.InRange(source.TrimEnd().Split('\n').Length, 1, 20);
        Assert.Contains($"\n{source}```", client.Readme, StringComparison.Ordinal);
        var (serve, http) = await ServeAsync();
        await using var process = serve;

        (await client.RunAsync(client.Block("first-video"), Token, new Uri(http).Authority)).Succeeded();

        Assert.Equal(16, (await VideoFrames.HashesAsync(client.Of("video.mp4"), Token)).Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task EveryCall_ByTheOfficialClient_IsAnsweredAsItExpects()
    {
        var client = await services.ClientAsync(ClientLanguage.OpenAi, Token);
        var (serve, http) = await ServeAsync();
        await using var process = serve;
        await using var check = client.Start($"{http}/v1");
        var result = (await check.EndAsync(Token)).Succeeded();
        Assert.Equal(11, result.Output.Split(": ok").Length - 1);
    }

    [Fact(Timeout = Timeout)]
    public async Task EveryCall_WithAKey_IsAnsweredAndWithoutItRefused()
    {
        var client = await services.ClientAsync(ClientLanguage.OpenAi, Token);
        var key = (await Cli.RunAsync(["key", "create", "--id", "clients", "--file", _folder.Of("keys.json")], Token)).Succeeded().Output.Trim().Split('\n')[0];
        var http = $"http://127.0.0.1:{RedisServerProcess.FreePort()}";
        await using var orchestrator = new ServiceProcess(
            "orchestrator", "Phenaki.Orchestrator", "Ready with",
            "--text-encoder-address", services.Mesh.TextEncoder.Address, "--video-tokenizer-address", services.Mesh.VideoTokenizer.Address,
            "--masked-transformer-address", services.Mesh.MaskedTransformer.Address, "--redis", services.Mesh.Redis.Address, "--Stories:ClusterId=openai",
            "--Stories:AdvertisedAddress=127.0.0.1", "--http-listen", http, $"--ApiKeys:File={_folder.Of("keys.json")}");
        orchestrator.Start();
        await orchestrator.ReadyAsync(Token);
        await Eventually.TrueAsync(() => ValueTask.FromResult(orchestrator.Said.Contains("Stories are kept", StringComparison.Ordinal)), Token);
        await using var check = client.Start($"{http}/v1", key);
        var result = (await check.EndAsync(Token)).Succeeded();
        Assert.Equal(12, result.Output.Split(": ok").Length - 1);
    }

    private async Task<(ProgramProcess Process, string Http)> ServeAsync()
    {
        var serve = Cli.Start("serve", "--port", "0", "--json", "--model", services.Mesh.Model, "--device", "cpu", "--cache-dir", _folder.Of("cache"));
        await serve.SaysAsync("\"http\"", Token);
        var line = serve.Said.Split('\n').First(text => text.StartsWith('{'));
        return (serve, (string)JsonNode.Parse(line)!["http"]!);
    }
}
