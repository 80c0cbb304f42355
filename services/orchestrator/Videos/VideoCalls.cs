using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Contracts;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Durable;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;
using Order = StackExchange.Redis.Order;
using StatusCode = Grpc.Core.StatusCode;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Videos;

/// <summary>The calls of the videos API. A video is a story that outlives its client.</summary>
internal sealed class VideoCalls(
    DurableStories stories, DurableStoryCalls durable, ModelRegistry registry, VideoImages images, VideoUploads uploads, VideoFiles files, IOptions<VideoOptions> options)
{
    private const string IdempotencyKey = "Idempotency-Key";
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    private readonly string[] _modelNames = options.Value.ModelNames.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Has a video made.</summary>
    public async Task<VideoAnswer> CreateAsync(HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        var (body, attached) = await VideoRequestReader.ReadAsync<VideoCreateBody>(http.Request, cancellationToken);
        var models = await registry.GetAsync(new(null, cancellationToken));
        CheckFiles(attached, "input_reference");
        var opening = await images.ReadAsync(
            body.InputReference, attached.GetValueOrDefault("input_reference"), models.Geometry.Width, models.Geometry.Height, cancellationToken);
        return await CreateAsync(http, VideoOrder.Create(body, opening, models, _modelNames), models, hasPrompt: body.Prompt is not null || body.Scenes is not { Count: > 0 });
    }

    /// <summary>A video as it is now.</summary>
    public async Task<VideoAnswer> GetAsync(string video, HttpContext http) => VideoAnswers.Of(await FindAsync(video, http), await ModelsAsync(http));

    /// <summary>A page of the caller's videos.</summary>
    public async Task<VideoListAnswer> ListAsync(string? after, string? limit, string? order, HttpContext http)
    {
        var count = DefaultPage;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxPage))
        {
            throw VideoException.Invalid("limit", $"limit is {Violations.Quote(limit)}; allowed are 1 to {MaxPage}.");
        }

        if (order is not (null or "asc" or "desc"))
        {
            throw VideoException.Invalid("order", $"order is {Violations.Quote(order)}; allowed are asc and desc.");
        }

        var owner = VideoFilter.Owner(http);
        var last = string.IsNullOrEmpty(after) ? null : await FindAsync(after, http);
        var entry = last is null ? null : new StoryEntry(owner, last.CreateTime.ToDateTimeOffset(), last.Id);
        var models = await ModelsAsync(http);

        // One more than is told: whether there is a next page.
        List<WireStory> found = [];
        while (found.Count <= count)
        {
            var page = await stories.ListAsync(
                owner, entry, count + 1 - found.Count, new HashSet<StoryState>(), order == "asc" ? Order.Ascending : Order.Descending, http.RequestAborted);
            found.AddRange(page.Stories);
            entry = page.Next;
            if (entry is null)
            {
                break;
            }
        }

        return new([.. found.Take(count).Select(story => VideoAnswers.Of(story, models))]) { HasMore = found.Count > count };
    }

    /// <summary>Forgets a video, and stops it where it is not completed.</summary>
    public async Task<VideoDeletedAnswer> DeleteAsync(string video, HttpContext http)
    {
        var id = VideoId.Story(video);
        if (!await stories.DeleteAsync(VideoFilter.Owner(http), id, http.RequestAborted))
        {
            throw VideoException.NoVideo(video);
        }

        files.Forget(id);
        return new(video);
    }

    /// <summary>Makes a completed video again, with another prompt.</summary>
    public async Task<VideoAnswer> RemixAsync(string video, HttpContext http)
    {
        var (body, attached) = await VideoRequestReader.ReadAsync<VideoRemixBody>(http.Request, http.RequestAborted);
        CheckFiles(attached);
        return await RemixAsync(video, body.Prompt, body.Scene, http);
    }

    /// <summary>The same, with the video named in the body; or a file that is sent, made anew.</summary>
    public async Task<VideoAnswer> EditAsync(HttpContext http)
    {
        var (body, attached) = await VideoRequestReader.ReadAsync<VideoEditBody>(http.Request, http.RequestAborted);
        CheckFiles(attached, VideoUploads.Field);
        if (Sent(body.Video, attached) is not { } sent)
        {
            return await RemixAsync(Named(body.Video), body.Prompt, body.Scene, http);
        }

        var models = await registry.GetAsync(new(null, http.RequestAborted));
        return await CreateAsync(http, VideoOrder.Remake(await uploads.ReadAsync(sent, models, http.RequestAborted), body, models), models, hasPrompt: true);
    }

    /// <summary>Makes a completed video longer; or goes on from the end of a file that is sent.</summary>
    public async Task<VideoAnswer> ExtendAsync(HttpContext http)
    {
        var (body, attached) = await VideoRequestReader.ReadAsync<VideoExtendBody>(http.Request, http.RequestAborted);
        CheckFiles(attached, VideoUploads.Field);
        var models = await registry.GetAsync(new(null, http.RequestAborted));
        if (Sent(body.Video, attached) is { } sent)
        {
            return await CreateAsync(http, VideoOrder.Continue(await uploads.ReadAsync(sent, models, http.RequestAborted), body, models), models, hasPrompt: true);
        }

        var (source, request) = await CompletedAsync(Named(body.Video), http);
        return await CreateAsync(http, Derived(source, VideoOrder.Extend(request, body, models)), models, hasPrompt: false);
    }

    /// <summary>A file of a completed video.</summary>
    public async Task<IResult> ContentAsync(string video, string? variant, string? format, HttpContext http)
    {
        var kind = VideoFileKind.Find(variant, format);
        var story = await FindAsync(video, http);
        ThrowIfNotCompleted(story);
        var (file, content) = await files.OpenAsync(story, kind, http.RequestAborted);

        // What it is was said above; a browser that guesses could take a picture for a page.
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.File(
            content, kind.ContentType, lastModified: story.EndTime?.ToDateTimeOffset(), entityTag: new($"\"{file.Hash}\""), enableRangeProcessing: true);
    }

    private static string Named(VideoReference? reference) => reference?.Id ?? throw VideoException.Invalid("video", "video is not set; it must be an object with the id of a video, or a file.");

    private static byte[]? Sent(VideoReference? reference, IReadOnlyDictionary<string, byte[]> attached)
    {
        var sent = attached.GetValueOrDefault(VideoUploads.Field);
        return sent is null || reference is null ? sent : throw VideoException.Invalid(VideoUploads.Field, "video is there both as a file and by its id.", "invalid_type");
    }

    private static void CheckFiles(IReadOnlyDictionary<string, byte[]> attached, string? allowed = null)
    {
        if (attached.Keys.FirstOrDefault(name => name != allowed) is { } name)
        {
            throw VideoException.Invalid(name, $"{name} is no file of this call.");
        }
    }

    private static void ThrowIfNotCompleted(WireStory story)
    {
        if (story.State != StoryState.Succeeded)
        {
            throw VideoException.Invalid("video_id", $"The video is not completed; it is {VideoAnswers.Status(story.State)}.", "video_not_completed");
        }
    }

    private static CreateStoryRequest Derived(WireStory source, GenerateStoryRequest story)
    {
        var request = new CreateStoryRequest { Story = story };
        if (source.Labels.TryGetValue(VideoLabels.Scale, out var scale))
        {
            request.Labels[VideoLabels.Scale] = scale;
        }

        return request;
    }

    private async Task<VideoAnswer> RemixAsync(string video, string? prompt, int? scene, HttpContext http)
    {
        var (source, request) = await CompletedAsync(video, http);
        var derived = Derived(source, VideoOrder.Remix(request, prompt, scene));
        derived.Labels[VideoLabels.RemixedFrom] = source.Id;
        return await CreateAsync(http, derived, await registry.GetAsync(new(null, http.RequestAborted)), hasPrompt: false);
    }

    private async Task<VideoAnswer> CreateAsync(HttpContext http, CreateStoryRequest request, ModelSet models, bool hasPrompt)
    {
        request.RequestId = (string?)http.Request.Headers[IdempotencyKey] ?? "";
        try
        {
            var created = await durable.CreateAsync(request, _ => Task.FromResult(models), VideoFilter.Owner(http), http.RequestAborted);
            return VideoAnswers.Of(created.Story, models);
        }
        catch (RpcException wrong) when (wrong.StatusCode == StatusCode.InvalidArgument && wrong.GetRpcStatus()?.GetDetail<BadRequest>() is { } bad)
        {
            throw VideoOrder.Explain(bad.FieldViolations.Select(violation => new FieldProblem(violation.Field, violation.Description)), hasPrompt);
        }
    }

    private async Task<WireStory> FindAsync(string video, HttpContext http, bool withOpening = false) =>
        await stories.GetAsync(VideoFilter.Owner(http), VideoId.Story(video), withOpening, http.RequestAborted) ?? throw VideoException.NoVideo(video);

    /// <summary>A completed video, and what it was made of, opening frames included.</summary>
    private async Task<(WireStory Story, GenerateStoryRequest Request)> CompletedAsync(string video, HttpContext http)
    {
        var story = await FindAsync(video, http, withOpening: true);
        ThrowIfNotCompleted(story);
        var request = story.Request.Clone();
        request.Seed = story.Seed;
        return (story, request);
    }

    private Task<ModelSet> ModelsAsync(HttpContext http) => registry.LastAsync(new(null, http.RequestAborted));
}
