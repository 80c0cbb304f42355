using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Phenaki.Media;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>The videos API, by its answers; what OpenAI's own client makes of them is tested with that client.</summary>
public sealed class VideoApiTests : IAsyncLifetime
{
    private const int Timeout = 120_000;
    private readonly TemporaryFolder _folder = new();
    private HttpMesh _mesh = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _mesh = await HttpMesh.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Timeout = Timeout)]
    public async Task Create_WithEveryField_IsTheStoryOfThem()
    {
        var (response, video) = await PostAsync(
            "/v1/videos",
            new
            {
                prompt = "a", seconds = "2.125", size = "12x8", model = "masked", seed = 42, steps = 2, guidance = 3, temperature = 0.5, choice_temperature = 1,
                style = "drawing", negative_prompt = "c", scenes = new object[] { new { prompt = "b", frames = 20 }, new { prompt = "c", seconds = 0.5 }, new { prompt = "d" } },
            });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("video", "masked", "12x8", "a\nb\nc\nd", "42"), (Text(video, "object"), Text(video, "model"), Text(video, "size"), Text(video, "prompt"), Text(video, "seed")));
        Assert.Equal((17 + 20 + 4 + 17) / 8.0, double.Parse(Text(video, "seconds"), CultureInfo.InvariantCulture));
        var (_, story) = await _mesh.GetAsync($"/v1/stories/{Text(video, "id")["video_".Length..]}", Cancellation);
        var request = story["story"]!["request"]!;
        Assert.Equal([17, 20, 4, 17], request["scenes"]!.AsArray().Select(scene => (int)scene!["frames"]!));
        Assert.Equal("""{"steps":2,"guidanceScale":3,"temperature":0.5,"choiceTemperature":1}""", request["sampling"]!.ToJsonString());
        Assert.Equal(("drawing", "c"), (Text(request, "style"), Text(request, "negativePrompt")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Create_ByAForm_IsTheSameAsByJson()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a"), "prompt" }, { new StringContent("1"), "seconds" }, { new StringContent("7"), "seed" },
            { new StringContent("b"), "scenes[][prompt]" }, { new StringContent("2"), "scenes[][seconds]" },
            { new StringContent("c"), "scenes[][prompt]" }, { new StringContent("3"), "scenes[][seconds]" },
        };
        var (_, byForm) = await _mesh.SendAsync(new(HttpMethod.Post, "/v1/videos") { Content = form }, Cancellation);
        var (_, byJson) = await PostAsync(
            "/v1/videos", new { prompt = "a", seconds = 1, seed = 7, scenes = new[] { new { prompt = "b", seconds = 2 }, new { prompt = "c", seconds = 3 } } });
        Assert.Equal(byJson["scenes"]!.ToJsonString(), byForm["scenes"]!.ToJsonString());
        Assert.Equal(Text(byJson, "seconds"), Text(byForm, "seconds"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Create_WithAPicture_GoesOnFromIt()
    {
        var picture = Enumerable.Range(0, 72).Select(i => (byte)(3 * i)).ToArray();
        await FrameStrip.WriteAsync(_folder.Of("a.png"), [[picture]], 6, 4, 1, 0, Cancellation);
        var bytes = await File.ReadAllBytesAsync(_folder.Of("a.png"), Cancellation);
        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = new("image/png");
        using var form = new MultipartFormDataContent { { new StringContent("a"), "prompt" }, { new StringContent("7"), "seed" }, { file, "input_reference", "a.png" } };
        var (_, byForm) = await _mesh.SendAsync(new(HttpMethod.Post, "/v1/videos") { Content = form }, Cancellation);
        var (_, byJson) = await PostAsync(
            "/v1/videos", new { prompt = "a", seed = 7, input_reference = new { image_url = $"data:image/png;base64,{Convert.ToBase64String(bytes)}" } });
        var (_, without) = await PostAsync("/v1/videos", new { prompt = "a", seed = 7 });
        var frames = new List<string>();
        foreach (var video in new[] { byForm, byJson, without })
        {
            await CompletedAsync(video);
            frames.Add(Convert.ToHexString((await ContentAsync(Text(video, "id"))).Bytes));
        }

        Assert.Equal(frames[0], frames[1]);
        Assert.NotEqual(frames[0], frames[2]);
    }

    [Fact(Timeout = Timeout)]
    public async Task Content_OfEveryKind_HoldsTheFrames()
    {
        var (_, video) = await PostAsync("/v1/videos", new { prompt = "a", seconds = 2.125, size = "6x4", seed = 42 });
        var id = Text(video, "id");
        await CompletedAsync(video);

        foreach (var (query, type, name, frames) in new[]
        {
            ("", "video/mp4", "a.mp4", 17), ("?variant=video&format=webp", "image/webp", "a.webp", 17), ("?format=gif", "image/gif", "a.gif", 17),
            ("?variant=thumbnail", "image/webp", "b.webp", 1), ("?variant=spritesheet", "image/jpeg", "b.jpg", 1),
        })
        {
            var (response, bytes) = await ContentAsync(id, query);
            Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
            await File.WriteAllBytesAsync(_folder.Of(name), bytes, Cancellation);
            var read = await VideoReader.ReadAsync(_folder.Of(name), null, Cancellation);
            Assert.Equal(frames, read.Frames.Count);
            Assert.Equal(query.EndsWith("spritesheet", StringComparison.Ordinal) ? (60, 8) : (6, 4), (read.Width, read.Height));
        }

        // WebP at the model's own size loses nothing.
        var lossless = await VideoReader.ReadAsync(_folder.Of("a.webp"), null, Cancellation);
        var events = await _mesh.Client.GetStringAsync($"/v1/stories/{id["video_".Length..]}/events", Cancellation);
        var made = events.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string?)JsonNode.Parse(line)!["frame"]?["frame"]!["rgb"]).OfType<string>();
        Assert.Equal(made, lossless.Frames.Select(Convert.ToBase64String));
    }

    [Fact(Timeout = Timeout)]
    public async Task Content_InRanges_IsThatOfTheWhole()
    {
        var (_, video) = await PostAsync("/v1/videos", new { prompt = "a", seconds = 1 });
        await CompletedAsync(video);
        var (whole, bytes) = await ContentAsync(Text(video, "id"));
        Assert.Equal("bytes", whole.Headers.AcceptRanges.Single());
        Assert.Equal("nosniff", whole.Headers.GetValues("X-Content-Type-Options").Single());

        foreach (var (from, to) in new (long?, long?)[] { (0, 9), (10, null), (null, 7) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/videos/{Text(video, "id")}/content");
            request.Headers.Range = new(from, to);
            using var response = await _mesh.Client.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            var expected = from is null ? bytes[^7..] : to is null ? bytes[10..] : bytes[..10];
            Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync(Cancellation));
        }

        using var same = new HttpRequestMessage(HttpMethod.Get, $"/v1/videos/{Text(video, "id")}/content");
        same.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await _mesh.Client.SendAsync(same, Cancellation)).StatusCode);
        using var head = await _mesh.Client.SendAsync(new(HttpMethod.Head, $"/v1/videos/{Text(video, "id")}/content"), Cancellation);
        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);
        using var beyond = new HttpRequestMessage(HttpMethod.Get, $"/v1/videos/{Text(video, "id")}/content") { Headers = { Range = new RangeHeaderValue(10_000_000, null) } };
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await _mesh.Client.SendAsync(beyond, Cancellation)).StatusCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task Remix_OfALaterScene_KeepsTheFramesBeforeIt()
    {
        var (_, source) = await PostAsync("/v1/videos", new { prompt = "a", seconds = 1, seed = 42, size = "6x4", scenes = new[] { new { prompt = "b", seconds = 1 } } });
        await CompletedAsync(source);
        var (_, remix) = await PostAsync($"/v1/videos/{Text(source, "id")}/remix", new { prompt = "c", scene = 1 });
        var (_, edit) = await PostAsync("/v1/videos/edits", new { prompt = "c", scene = 1, video = new { id = Text(source, "id") } });
        Assert.Equal((Text(source, "id"), "a\nc", "42", "6x4"), (Text(remix, "remixed_from_video_id"), Text(remix, "prompt"), Text(remix, "seed"), Text(remix, "size")));
        await CompletedAsync(remix);
        await CompletedAsync(edit);
        var (before, after) = (await FramesAsync(source), await FramesAsync(remix));
        Assert.Equal(before[..8], after[..8]);
        Assert.NotEqual(before[8..], after[8..]);
        Assert.Equal(after, await FramesAsync(edit));

        var (refused, error) = await PostAsync($"/v1/videos/{Text(source, "id")}/remix", new { prompt = "c" });
        Assert.Equal((HttpStatusCode.BadRequest, "scene"), (refused.StatusCode, Text(error["error"]!, "param")));
        (refused, error) = await PostAsync($"/v1/videos/{Text(source, "id")}/remix", new { prompt = "c", scene = 2 });
        Assert.Equal((HttpStatusCode.BadRequest, "scene"), (refused.StatusCode, Text(error["error"]!, "param")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Extension_OfAVideo_BeginsWithItsFrames()
    {
        var (_, source) = await PostAsync("/v1/videos", new { prompt = "a", seconds = 1.5, seed = 42, size = "6x4" });
        await CompletedAsync(source);
        var (_, extended) = await PostAsync("/v1/videos/extensions", new { prompt = "b", seconds = "1", video = new { id = Text(source, "id") } });
        Assert.Equal("2.5", Text(extended, "seconds"));
        await CompletedAsync(extended);
        var (before, after) = (await FramesAsync(source), await FramesAsync(extended));
        Assert.Equal((12, 20), (before.Count, after.Count));
        Assert.Equal(before, after[..12]);
    }

    [Fact(Timeout = Timeout)]
    public async Task List_InBothOrders_HasEveryVideoOnce()
    {
        List<string> ids = [];
        for (var i = 0; i < 5; i++)
        {
            ids.Add(Text((await PostAsync("/v1/videos", new { prompt = "a", seconds = 0.1 })).Body, "id"));
        }

        Assert.Equal(ids, await PagesAsync("order=asc&limit=2"));
        Assert.Equal(ids, await PagesAsync("order=asc&limit=5"));
        ids.Reverse();
        Assert.Equal(ids, await PagesAsync("limit=3"));
        Assert.Equal(ids, await PagesAsync("order=desc"));
        var (_, empty) = await _mesh.GetAsync($"/v1/videos?after={ids[^1]}", Cancellation);
        Assert.Equal((0, false, null, null), (empty["data"]!.AsArray().Count, (bool)empty["has_more"]!, empty["first_id"], empty["last_id"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task Video_ThatIsBeingMade_TellsItsProgressAndHasNoContent()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _mesh.Mesh.Masked.OnCall = (call, scope) => call > 2 ? release.Task.WaitAsync(scope.CancellationToken) : Task.CompletedTask;
        var (_, video) = await PostAsync("/v1/videos", new { prompt = "a", seconds = 4 });
        await Eventually.TrueAsync(async () => (int)(await GetAsync(video))["progress"]! > 0, Cancellation);
        var now = await GetAsync(video);
        Assert.Equal("in_progress", Text(now, "status"));
        Assert.InRange((int)now["progress"]!, 1, 99);
        var (refused, error) = await _mesh.GetAsync($"/v1/videos/{Text(video, "id")}/content", Cancellation);
        Assert.Equal((HttpStatusCode.BadRequest, "video_not_completed"), (refused.StatusCode, Text(error["error"]!, "code")));

        await _mesh.SendAsync(new(HttpMethod.Post, $"/v1/stories/{Text(video, "id")["video_".Length..]}:cancel"), Cancellation);
        now = await GetAsync(video);
        Assert.Equal(("failed", "cancelled"), (Text(now, "status"), Text(now["error"]!, "code")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Create_WithTheSameIdempotencyKey_IsTheSameVideo()
    {
        var (_, first) = await NamedAsync("a");
        var (_, again) = await NamedAsync("a");
        var (other, error) = await NamedAsync("b");
        Assert.Equal(Text(first, "id"), Text(again, "id"));
        Assert.Equal((HttpStatusCode.Conflict, "request_id_taken"), (other.StatusCode, Text(error["error"]!, "code")));

        Task<(HttpResponseMessage Response, JsonNode Body)> NamedAsync(string prompt)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/videos") { Content = System.Net.Http.Json.JsonContent.Create(new { prompt }) };
            request.Headers.Add("Idempotency-Key", "mine");
            return _mesh.SendAsync(request, Cancellation);
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Video_OfAnotherKey_IsNotThere()
    {
        string[] keys = ["one", "two"];
        var secrets = keys.Select((id, i) => ApiKey.Create(id, Enumerable.Repeat((byte)i, ApiKey.SecretBytes).ToArray())).ToArray();
        await File.WriteAllTextAsync(
            _folder.Of("keys.json"), new ApiKeyFile { Keys = [.. keys.Select((id, i) => new ApiKeyEntry { Id = id, Sha256 = ApiKey.Hash(secrets[i]) })] }.ToJson(), Cancellation);
        await using var mesh = await HttpMesh.StartAsync(Cancellation, ("ApiKeys:File", _folder.Of("keys.json")));
        mesh.Client.DefaultRequestHeaders.Authorization = new("Bearer", secrets[0]);
        var (_, video) = await mesh.PostAsync("/v1/videos", new { prompt = "a", seconds = 0.1 }, Cancellation);
        Assert.Single((await mesh.GetAsync("/v1/videos", Cancellation)).Body["data"]!.AsArray());

        mesh.Client.DefaultRequestHeaders.Authorization = new("Bearer", secrets[1]);
        Assert.Empty((await mesh.GetAsync("/v1/videos", Cancellation)).Body["data"]!.AsArray());
        foreach (var (method, path) in new[] { ("GET", ""), ("DELETE", ""), ("GET", "/content") })
        {
            var (response, _) = await mesh.SendAsync(new(new(method), $"/v1/videos/{Text(video, "id")}{path}"), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        var (refused, _) = await mesh.PostAsync($"/v1/videos/{Text(video, "id")}/remix", new { prompt = "b" }, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    private static string Text(JsonNode node, string field) => (string?)node[field] ?? throw new InvalidDataException($"{field} of {node.ToJsonString()}");

    private Task<(HttpResponseMessage Response, JsonNode Body)> PostAsync(string path, object body) => _mesh.PostAsync(path, body, Cancellation);

    private async Task<JsonNode> GetAsync(JsonNode video) => (await _mesh.GetAsync($"/v1/videos/{Text(video, "id")}", Cancellation)).Body;

    private async Task CompletedAsync(JsonNode video)
    {
        JsonNode now = video;
        await Eventually.TrueAsync(async () => Text(now = await GetAsync(video), "status") is "completed" or "failed", Cancellation);
        Assert.Equal(("completed", 100), (Text(now, "status"), (int)now["progress"]!));
        Assert.NotNull(now["completed_at"]);
    }

    private async Task<(HttpResponseMessage Response, byte[] Bytes)> ContentAsync(string id, string query = "")
    {
        var response = await _mesh.Client.GetAsync($"/v1/videos/{id}/content{query}", Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        return (response, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    /// <summary>The frames of a video, without any loss.</summary>
    private async Task<List<string>> FramesAsync(JsonNode video)
    {
        var path = _folder.Of($"{Text(video, "id")}.webp");
        await File.WriteAllBytesAsync(path, (await ContentAsync(Text(video, "id"), "?format=webp")).Bytes, Cancellation);
        return [.. (await VideoReader.ReadAsync(path, null, Cancellation)).Frames.Select(Convert.ToHexString)];
    }

    private async Task<List<string>> PagesAsync(string query)
    {
        List<string> ids = [];
        for (var after = ""; ;)
        {
            var (_, page) = await _mesh.GetAsync($"/v1/videos?{query}{after}", Cancellation);
            ids.AddRange(page["data"]!.AsArray().Select(video => Text(video!, "id")));
            if (!(bool)page["has_more"]!)
            {
                return ids;
            }

            after = $"&after={Text(page, "last_id")}";
        }
    }
}
