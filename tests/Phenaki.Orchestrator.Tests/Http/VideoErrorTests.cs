using System.Net;
using System.Text.Json.Nodes;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>What the videos API says of requests that it cannot answer.</summary>
public sealed class VideoErrorTests(VideoErrorTests.Services services) : IClassFixture<VideoErrorTests.Services>
{
    private const int Timeout = 120_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = Timeout)]
    [InlineData("""{}""", "prompt", "invalid_value")]
    [InlineData("""{"prompt":""}""", "prompt", "invalid_value")]
    [InlineData("""{"prompt":"a","scenes":[{}]}""", "scenes[0].prompt", "invalid_value")]
    [InlineData("""{"scenes":[{"prompt":"a","frames":99999}]}""", "scenes[0].frames", "invalid_value")]
    [InlineData("""{"scenes":[null]}""", "scenes[0].prompt", "invalid_value")]
    [InlineData("""{"prompt":"a","seconds":"0"}""", "seconds", "invalid_value")]
    [InlineData("""{"prompt":"a","seconds":"-1"}""", "seconds", "invalid_value")]
    [InlineData("""{"prompt":"a","seconds":"1e300"}""", "seconds", "invalid_value")]
    [InlineData("""{"prompt":"a","seconds":"99999"}""", "seconds", "invalid_value")]
    [InlineData("""{"prompt":"a","seconds":"four"}""", "seconds", "invalid_type")]
    [InlineData("""{"prompt":"a","size":"1280x720"}""", "size", "invalid_value")]
    [InlineData("""{"prompt":"a","model":"sora-2"}""", "model", "model_not_found")]
    [InlineData("""{"prompt":"a","steps":257}""", "steps", "invalid_value")]
    [InlineData("""{"prompt":"a","guidance":65}""", "guidance", "invalid_value")]
    [InlineData("""{"prompt":"a","seed":-1}""", "seed", "invalid_type")]
    [InlineData("""{"prompt":"a","colour":"red"}""", "colour", "invalid_type")]
    [InlineData("""{"prompt":"a","input_reference":{"image_url":"http://example.com/a.png"}}""", "input_reference", "invalid_value")]
    [InlineData("""{"prompt":"a","input_reference":{"image_url":"data:image/png;base64,AAAA"}}""", "input_reference", "invalid_value")]
    [InlineData("""{"prompt":"a","input_reference":{"image_url":"data:image/png;base64,???"}}""", "input_reference", "invalid_value")]
    [InlineData("""{"prompt":"a","input_reference":{"file_id":"file-1"}}""", "input_reference", "invalid_value")]
    [InlineData("""{"prompt":"a""", null, "invalid_body")]
    [InlineData("""null""", null, "invalid_body")]
    public async Task Create_Wrong_NamesTheField(string body, string? param, string code)
    {
        var (response, answer) = await services.Mesh.SendAsync(
            new(HttpMethod.Post, "/v1/videos") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") }, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = answer["error"]!;
        Assert.Equal(("invalid_request_error", param, code), (Text(error, "type"), (string?)error["param"], Text(error, "code")));
        Assert.NotEmpty(Text(error, "message"));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("GET", "/v1/videos/video_00000000000000000000000000000000", 404, "video_not_found")]
    [InlineData("GET", "/v1/videos/x", 404, "video_not_found")]
    [InlineData("DELETE", "/v1/videos/video_00000000000000000000000000000000", 404, "video_not_found")]
    [InlineData("GET", "/v1/videos/video_00000000000000000000000000000000/content", 404, "video_not_found")]
    [InlineData("GET", "/v1/videos/x/content?variant=film", 400, "invalid_value")]
    [InlineData("GET", "/v1/videos/x/content?format=avi", 400, "invalid_value")]
    [InlineData("GET", "/v1/videos/x/content?variant=thumbnail&format=gif", 400, "invalid_value")]
    [InlineData("GET", "/v1/videos?limit=0", 400, "invalid_value")]
    [InlineData("GET", "/v1/videos?limit=x", 400, "invalid_value")]
    [InlineData("GET", "/v1/videos?order=up", 400, "invalid_value")]
    [InlineData("GET", "/v1/videos?after=video_00000000000000000000000000000000", 404, "video_not_found")]
    [InlineData("GET", "/v1/videos/characters/1", 404, "unknown_url")]
    [InlineData("POST", "/v1/videos", 415, "unsupported_content_type")]
    public async Task Call_ThatCannotBeAnswered_SaysSoInOpenAisForm(string method, string path, int status, string code)
    {
        var (response, answer) = await services.Mesh.SendAsync(new(new(method), path), Cancellation);
        Assert.Equal((status, code), ((int)response.StatusCode, Text(answer["error"]!, "code")));
        Assert.Equal("invalid_request_error", Text(answer["error"]!, "type"));
    }

    private static string Text(JsonNode node, string field) => (string?)node[field] ?? throw new InvalidDataException($"{field} of {node.ToJsonString()}");

    public sealed class Services : IAsyncLifetime
    {
        internal HttpMesh Mesh { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Mesh = await HttpMesh.StartAsync(CancellationToken.None);

        public ValueTask DisposeAsync() => Mesh.DisposeAsync();
    }
}
