using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>An orchestrator that keeps stories, in front of models that take no time, and a client of HTTP.</summary>
internal sealed class HttpMesh : IAsyncDisposable
{
    private HttpMesh(RedisServerProcess redis, FakeMesh mesh)
    {
        Redis = redis;
        Mesh = mesh;
        Client = new(mesh.Orchestrator.Handler()) { BaseAddress = new("http://localhost") };
    }

    public RedisServerProcess Redis { get; }

    public FakeMesh Mesh { get; }

    public HttpClient Client { get; }

    public static async Task<HttpMesh> StartAsync(CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var redis = await RedisServerProcess.StartAsync(cancellationToken);
        var mesh = await new FakeMesh().StartAsync(cancellationToken, [("Redis", redis.Address), ("Stories:AdvertisedAddress", "127.0.0.1"), .. settings]);
        await mesh.ReadyAsync(cancellationToken);
        await mesh.StoriesAsync(cancellationToken);
        return new(redis, mesh);
    }

    public async Task<(HttpResponseMessage Response, JsonNode Body)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await Client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return (response, JsonNode.Parse(text) ?? throw new InvalidDataException($"{(int)response.StatusCode}: {text}"));
    }

    public Task<(HttpResponseMessage Response, JsonNode Body)> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new(HttpMethod.Get, path), cancellationToken);

    public Task<(HttpResponseMessage Response, JsonNode Body)> PostAsync(string path, object body, CancellationToken cancellationToken) =>
        SendAsync(new(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, cancellationToken);

    public Task<(HttpResponseMessage Response, JsonNode Body)> DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new(HttpMethod.Delete, path), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Mesh.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
