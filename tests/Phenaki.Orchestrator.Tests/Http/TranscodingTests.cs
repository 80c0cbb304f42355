using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>The story service over HTTP with JSON: the same calls, limits and errors as over gRPC.</summary>
public sealed class TranscodingTests
{
    private const int Timeout = 120_000;
    private static readonly object Story = new { scenes = new[] { new { prompt = "a", frames = 17 }, new { prompt = "b", frames = 20 } }, seed = "18446744073709551615" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Story_FromCreationToDeletion_IsToldAsJson()
    {
        await using var mesh = await HttpMesh.StartAsync(Cancellation);
        var (model, card) = await mesh.GetAsync("/v1/model", Cancellation);
        Assert.Equal(HttpStatusCode.OK, model.StatusCode);
        Assert.Equal(6, (int)card["width"]!);

        var (_, created) = await mesh.PostAsync("/v1/stories", new { requestId = "mine", story = Story, labels = new { title = "a and b" } }, Cancellation);
        var id = (string)created["story"]!["id"]!;
        Assert.Equal("18446744073709551615", (string)created["story"]!["seed"]!);

        var lines = await LinesAsync(mesh, $"/v1/stories/{id}/events");
        var numbered = lines.Where(line => (string)line["number"]! != "0").ToList();
        Assert.Equal(Enumerable.Range(1, numbered.Count).Select(i => $"{i}"), numbered.Select(line => (string)line["number"]!));
        Assert.Equal(37, numbered.Count(line => line["frame"] is not null));
        Assert.Equal(FakeModels.Geometry.FrameBytes, Convert.FromBase64String((string)numbered.First(line => line["frame"] is not null)["frame"]!["frame"]!["rgb"]!).Length);
        Assert.Equal("STORY_STATE_SUCCEEDED", (string)numbered[^1]["stateChanged"]!["state"]!);
        Assert.Equal(numbered.Skip(5).Select(Text), (await LinesAsync(mesh, $"/v1/stories/{id}/events?after=5")).Select(Text));

        var (_, got) = await mesh.GetAsync($"/v1/stories/{id}", Cancellation);
        Assert.Equal(("STORY_STATE_SUCCEEDED", "a and b"), ((string)got["story"]!["state"]!, (string)got["story"]!["labels"]!["title"]!));
        var (_, list) = await mesh.GetAsync("/v1/stories?page_size=10&states=STORY_STATE_SUCCEEDED&states=STORY_STATE_FAILED", Cancellation);
        Assert.Equal(id, (string)list["stories"]!.AsArray().Single()!["id"]!);
        var (_, cancelled) = await mesh.SendAsync(new(HttpMethod.Post, $"/v1/stories/{id}:cancel"), Cancellation);
        Assert.Equal("STORY_STATE_SUCCEEDED", (string)cancelled["story"]!["state"]!);

        var (deleted, _) = await mesh.DeleteAsync($"/v1/stories/{id}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        var (missing, error) = await mesh.GetAsync($"/v1/stories/{id}", Cancellation);
        Assert.Equal((HttpStatusCode.NotFound, 5, "NO_SUCH_STORY"), (missing.StatusCode, (int)error["code"]!, (string)error["details"]![0]!["reason"]!));
    }

    [Fact(Timeout = Timeout)]
    public async Task GenerateStory_OverHttp_HasTheFramesOfTheCreatedOne()
    {
        await using var mesh = await HttpMesh.StartAsync(Cancellation);
        var generated = await LinesAsync(mesh, "/v1/stories:generate", Story);
        var (_, created) = await mesh.PostAsync("/v1/stories", new { story = Story }, Cancellation);
        var watched = await LinesAsync(mesh, $"/v1/stories/{(string)created["story"]!["id"]!}/events");
        Assert.NotNull(generated[^1]["finished"]);
        Assert.Equal(Pixels(generated), Pixels(watched));
    }

    [Fact(Timeout = Timeout)]
    public async Task Request_ThatIsWrong_NamesEveryField()
    {
        await using var mesh = await HttpMesh.StartAsync(Cancellation);
        var (response, error) = await mesh.PostAsync("/v1/stories", new { story = new { scenes = new[] { new { prompt = "", frames = 99_999 } } } }, Cancellation);
        Assert.Equal((HttpStatusCode.BadRequest, 3), (response.StatusCode, (int)error["code"]!));
        Assert.Equal("type.googleapis.com/google.rpc.BadRequest", (string)error["details"]![0]!["@type"]!);
        Assert.Equal(
            ["scenes[0].prompt", "scenes[0].frames"], error["details"]![0]!["fieldViolations"]!.AsArray().Select(violation => (string)violation!["field"]!));
        var (labels, wrong) = await mesh.PostAsync("/v1/stories", new { story = Story, labels = new Dictionary<string, string> { ["A B"] = "x" } }, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, labels.StatusCode);
        Assert.Contains("\"A B\"", (string)wrong["message"]!, StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("{\"story\":{\"scenes\":[{\"prom")]
    [InlineData("[]")]
    [InlineData("{\"story\":{\"scenes\":1}}")]
    public async Task Body_ThatIsNoMessage_IsTheClientsFault(string body)
    {
        await using var mesh = await HttpMesh.StartAsync(Cancellation);
        var (response, error) = await mesh.SendAsync(
            new(HttpMethod.Post, "/v1/stories") { Content = new StringContent(body, Encoding.UTF8, "application/json") }, Cancellation);
        Assert.Equal((HttpStatusCode.BadRequest, 3), (response.StatusCode, (int)error["code"]!));
    }

    [Fact(Timeout = Timeout)]
    public async Task Call_WithoutAKeyOrOverItsLimit_IsToldWhatToDo()
    {
        using var folder = new TemporaryFolder();
        var key = ApiKey.Create("film-club", Enumerable.Repeat((byte)7, ApiKey.SecretBytes).ToArray());
        File.WriteAllText(folder.Of("keys.json"), new ApiKeyFile { Keys = [new() { Id = "film-club", Sha256 = ApiKey.Hash(key), RequestsPerMinute = 1, Burst = 2 }] }.ToJson());
        await using var mesh = await HttpMesh.StartAsync(Cancellation, ("ApiKeys:File", folder.Of("keys.json")));
        foreach (var path in new[] { "/v1/model", "/v1/stories", "/v1/videos" })
        {
            var (response, _) = await mesh.GetAsync(path, Cancellation);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (response.StatusCode, response.Headers.WwwAuthenticate.Single().Scheme));
        }

        mesh.Client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var (first, _) = await mesh.GetAsync("/v1/model", Cancellation);
        var (second, _) = await mesh.GetAsync("/v1/videos", Cancellation);
        var (third, error) = await mesh.GetAsync("/v1/model", Cancellation);
        var (fourth, videos) = await mesh.GetAsync("/v1/videos", Cancellation);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal((HttpStatusCode.TooManyRequests, 8), (third.StatusCode, (int)error["code"]!));
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (fourth.StatusCode, (string)videos["error"]!["code"]!));
        Assert.All([third, fourth], refusal => Assert.InRange(refusal.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.BadRequest)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://localhost", HttpStatusCode.BadRequest)]
    [InlineData("Accept", "*/*", HttpStatusCode.BadRequest)]
    public async Task Post_FromAPageOfAnotherSite_IsRefused(string header, string value, HttpStatusCode expected)
    {
        await using var mesh = await HttpMesh.StartAsync(Cancellation);
        foreach (var path in new[] { "/v1/videos", "/v1/stories" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            request.Headers.Add(header, value);
            Assert.Equal(expected, (await mesh.SendAsync(request, Cancellation)).Response.StatusCode);
        }
    }

    private static string Text(JsonNode line) => line.ToJsonString();

    private static string Pixels(IEnumerable<JsonNode> lines) => string.Concat(lines.Select(line => (string?)line["frame"]?["frame"]!["rgb"]));

    private static async Task<List<JsonNode>> LinesAsync(HttpMesh mesh, string path, object? body = null)
    {
        using var response = body is null
            ? await mesh.Client.GetAsync(path, Cancellation)
            : await mesh.Client.PostAsync(path, System.Net.Http.Json.JsonContent.Create(body), Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
