using System.Net;
using System.Text.Json.Nodes;
using Phenaki.Media;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>Videos that are sent to be gone on from, or made anew.</summary>
public sealed class VideoUploadTests(VideoUploadTests.Services services) : IClassFixture<VideoUploadTests.Services>
{
    private const int Timeout = 120_000;

    // Of the fake models.
    private const int Width = 6;
    private const int Height = 4;
    private const int PrefixFrames = 5;
    private const int Rate = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Extension_OfAFile_GoesOnFromItsLastFrames()
    {
        var video = Video(frames: 12);
        var (response, extended) = await SendAsync("extensions", await WriteAsync("a.webp", video), ("prompt", "b"), ("seconds", "1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("1", "b"), (Text(extended, "seconds"), Text(extended, "prompt")));
        Assert.Equal(await FramesAsync(video.Frames.TakeLast(PrefixFrames), "b", 8, Text(extended, "seed")), await FramesAsync(extended));
        Assert.NotEqual(await FramesAsync(video.Frames.Take(PrefixFrames), "b", 8, Text(extended, "seed")), await FramesAsync(extended));
    }

    [Fact(Timeout = Timeout)]
    public async Task Edit_OfAFile_IsAsLongAndBeginsAtItsFirstFrame()
    {
        var video = Video(frames: 12);
        var (_, edited) = await SendAsync("edits", await WriteAsync("a.webp", video), ("prompt", "b"));
        Assert.Equal("1.5", Text(edited, "seconds"));
        Assert.Equal(await FramesAsync(video.Frames.Take(1), "b", 12, Text(edited, "seed")), await FramesAsync(edited));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("a.mp4")]
    [InlineData("a.gif")]
    [InlineData("a.webp")]
    public async Task Extension_OfAFileOfAnotherSizeAndRate_IsOfTheModels(string name)
    {
        var (response, extended) = await SendAsync("extensions", await WriteAsync(name, Video(frames: 30, scale: 8, rate: 24)), ("prompt", "b"), ("seconds", "0.5"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(4, (await FramesAsync(extended)).Count);
        var (_, edited) = await SendAsync("edits", await WriteAsync(name, Video(frames: 30, scale: 8, rate: 24)), ("prompt", "b"));
        Assert.Equal("1.25", Text(edited, "seconds"));
    }

    [Fact(Timeout = Timeout)]
    public async Task File_ThatCannotBeRead_IsRefusedWithWhatIsAllowed()
    {
        var noise = await WriteAsync("a.webp", Video(frames: 12, scale: 8));
        foreach (var (file, words) in new (byte[] File, string Words)[]
        {
            ("no video"u8.ToArray(), "allowed are MP4"),
            (noise[..(noise.Length / 2)], "may be damaged"),
            ([], "is not a video"),
            (await WriteAsync("b.gif", Video(frames: 2_401)), "more than 2400 frames"),
            (await WriteAsync("c.gif", Video(frames: 70, scale: 200)), "at most 64000000 pixels"),
        })
        {
            foreach (var call in new[] { "extensions", "edits" })
            {
                var (response, answer) = await SendAsync(call, file, ("prompt", "b"));
                Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
                Assert.Equal(("video", "invalid_value"), (Text(answer["error"]!, "param"), Text(answer["error"]!, "code")));
                Assert.Contains(words, Text(answer["error"]!, "message"), StringComparison.Ordinal);
                Assert.DoesNotContain(Path.GetTempPath(), Text(answer["error"]!, "message"), StringComparison.Ordinal);
            }
        }

        Assert.Empty(Directory.EnumerateFiles(services.Folder.Of("videos"), "sent-*", SearchOption.AllDirectories));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("extensions", "prompt", " ", "prompt")]
    [InlineData("extensions", "seconds", "0", "seconds")]
    [InlineData("extensions", "seconds", "99999", "seconds")]
    [InlineData("edits", "prompt", " ", "prompt")]
    [InlineData("edits", "scene", "1", "scene")]
    [InlineData("edits", "video[id]", "video_00000000000000000000000000000000", "video")]
    public async Task Call_WithAWrongField_NamesIt(string call, string field, string value, string param)
    {
        var fields = new Dictionary<string, string> { ["prompt"] = "b", [field] = value };
        var (response, answer) = await SendAsync(call, await WriteAsync("a.webp", Video(frames: 3)), [.. fields.Select(pair => (pair.Key, pair.Value))]);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, Text(answer["error"]!, "param"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Body_ThatIsTooLarge_SaysHowMuchIsAllowed()
    {
        var (response, answer) = await SendAsync("extensions", new byte[17 * 1024 * 1024], ("prompt", "b"));
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
        Assert.Contains("16777216", Text(answer["error"]!, "message"), StringComparison.Ordinal);
    }

    private static string Text(JsonNode node, string field) => (string?)node[field] ?? throw new InvalidDataException($"{field} of {node.ToJsonString()}");

    private static VideoFrames Video(int frames, int scale = 1, int rate = Rate) => new(
        Width * scale,
        Height * scale,
        rate,
        [.. Enumerable.Range(0, frames).Select(frame => Enumerable.Range(0, Width * Height * scale * scale * 3).Select(at => (byte)((7 * frame) + (at / (scale * scale)))).ToArray())]);

    private async Task<byte[]> WriteAsync(string name, VideoFrames video)
    {
        var path = services.Folder.Of($"{Interlocked.Increment(ref services.Files)}-{name}");
        await VideoOutput.WriteAsync(path, video, new() { Lossless = name.EndsWith("webp", StringComparison.Ordinal) }, Cancellation);
        return await File.ReadAllBytesAsync(path, Cancellation);
    }

    private async Task<(HttpResponseMessage Response, JsonNode Body)> SendAsync(string call, byte[] file, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "video", "a.video" } };
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return await services.Mesh.SendAsync(new(HttpMethod.Post, $"/v1/videos/{call}") { Content = form }, Cancellation);
    }

    /// <summary>The frames of a story that goes on from others, made over the story service.</summary>
    private async Task<List<string>> FramesAsync(IEnumerable<byte[]> opening, string prompt, int frames, string seed)
    {
        var story = new
        {
            story = new { scenes = new[] { new { prompt, frames } }, seed, openingFrames = opening.Select(rgb => new { rgb = Convert.ToBase64String(rgb) }) },
        };
        var (_, created) = await services.Mesh.PostAsync("/v1/stories", story, Cancellation);
        return await EventsAsync(Text(created["story"]!, "id"));
    }

    private Task<List<string>> FramesAsync(JsonNode video) => EventsAsync(Text(video, "id")["video_".Length..]);

    private async Task<List<string>> EventsAsync(string story)
    {
        // The stream ends with the story.
        var events = await services.Mesh.Client.GetStringAsync($"/v1/stories/{story}/events", Cancellation);
        return [.. events.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string?)JsonNode.Parse(line)!["frame"]?["frame"]!["rgb"]).OfType<string>()];
    }

    public sealed class Services : IAsyncLifetime
    {
        internal int Files;

        internal TemporaryFolder Folder { get; } = new();

        internal HttpMesh Mesh { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Directory.CreateDirectory(Folder.Of("videos"));
            Mesh = await HttpMesh.StartAsync(CancellationToken.None, ("Videos:Folder", Folder.Of("videos")));
        }

        public async ValueTask DisposeAsync()
        {
            await Mesh.DisposeAsync();
            Folder.Dispose();
        }
    }
}
