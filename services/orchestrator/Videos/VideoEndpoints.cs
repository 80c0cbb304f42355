using System.Net.Mime;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Videos;

/// <summary>The videos API of OpenAI, as its clients call it: paths, methods and what they take.</summary>
internal static class VideoEndpoints
{
    private const string Download = "DownloadVideo";

    /// <summary>Adds the calls.</summary>
    public static void AddVideos(this IServiceCollection services)
    {
        services.AddSingleton<VideoImages>();
        services.AddSingleton<VideoFileWriter>();
        services.AddSingleton(provider => new VideoFiles(
            provider.GetRequiredService<VideoFileWriter>().WriteAsync,
            provider.GetRequiredService<ISeedSource>(),
            provider.GetRequiredService<IOptions<VideoOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<VideoUploads>();
        services.AddSingleton<VideoCalls>();
        services.AddSingleton<IValidateOptions<VideoOptions>, VideoOptionsValidator>();
    }

    /// <summary>Maps the calls.</summary>
    public static void MapVideos(this IEndpointRouteBuilder endpoints)
    {
        var videos = endpoints.MapGroup("/v1/videos").WithTags("Videos").WithMetadata(new BodyLimit(VideoRequestReader.MaxBodyBytes)).AddEndpointFilter<VideoFilter>();
        videos.MapPost("", (HttpContext http, VideoCalls calls) => Answer(calls.CreateAsync(http)))
            .WithName("CreateVideo").WithSummary("Has a video made.").Takes<VideoCreateBody>().Gives<VideoAnswer>();
        videos.MapGet("", (HttpContext http, VideoCalls calls, string? after, string? limit, string? order) => Answer(calls.ListAsync(after, limit, order, http)))
            .WithName("ListVideos").WithSummary("The caller's videos, newest first unless order is asc.").Gives<VideoListAnswer>();
        videos.MapGet("{id}", (HttpContext http, VideoCalls calls, string id) => Answer(calls.GetAsync(id, http)))
            .WithName("GetVideo").WithSummary("A video as it is now.").Gives<VideoAnswer>();
        videos.MapDelete("{id}", (HttpContext http, VideoCalls calls, string id) => Answer(calls.DeleteAsync(id, http)))
            .WithName("DeleteVideo").WithSummary("Forgets a video, and stops it where it is not completed.").Gives<VideoDeletedAnswer>();
        var content = (HttpContext http, VideoCalls calls, string id, string? variant, string? format) => calls.ContentAsync(id, variant, format, http);
        videos.MapMethods("{id}/content", [HttpMethods.Head], content).WithMetadata(new RouteNameMetadata(Download)).ExcludeFromDescription();
        videos.MapGet("{id}/content", content)
            .WithName(Download).WithSummary("A file of a completed video: variant video (format mp4, webp or gif), thumbnail or spritesheet. Ranges are answered.")
            .Produces(StatusCodes.Status200OK, contentType: "video/mp4", additionalContentTypes: [MediaTypeNames.Image.Webp, MediaTypeNames.Image.Gif, MediaTypeNames.Image.Jpeg])
            .Errors();
        videos.MapPost("{id}/remix", (HttpContext http, VideoCalls calls, string id) => Answer(calls.RemixAsync(id, http)))
            .WithName("RemixVideo").WithSummary("Makes a completed video again, with another prompt for a scene.").Takes<VideoRemixBody>().Gives<VideoAnswer>();
        videos.MapPost("edits", (HttpContext http, VideoCalls calls) => Answer(calls.EditAsync(http)))
            .WithName("EditVideo").WithSummary("As remix, with the video named in the body; or a file that is sent made anew, from its first frame on.").Takes<VideoEditBody>().Gives<VideoAnswer>();
        videos.MapPost("extensions", (HttpContext http, VideoCalls calls) => Answer(calls.ExtendAsync(http)))
            .WithName("ExtendVideo").WithSummary("A completed video with one more scene; or what follows the last frames of a file that is sent.").Takes<VideoExtendBody>().Gives<VideoAnswer>();
        videos.Map("{**rest}", Task<IResult> (HttpContext http) => throw Unserved(http.Request)).ExcludeFromDescription();
    }

    // Calls that take a body are passed over where it is of another kind, or there is none.
    private static VideoException Unserved(HttpRequest request) => HttpMethods.IsPost(request.Method) && !request.HasJsonContentType() && !request.HasFormContentType
        ? VideoException.OtherContent(request.ContentType)
        : VideoException.NoCall(request);

    private static async Task<IResult> Answer<T>(Task<T> answer) => Results.Json(await answer, VideoJson.Options);

    private static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route)
        where T : notnull => route.Accepts<T>(MediaTypeNames.Application.Json, MediaTypeNames.Multipart.FormData);

    private static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route) => route.Produces<T>().Errors();

    private static RouteHandlerBuilder Errors(this RouteHandlerBuilder route) => route
        .Produces<VideoErrorAnswer>(StatusCodes.Status400BadRequest)
        .Produces<VideoErrorAnswer>(StatusCodes.Status401Unauthorized)
        .Produces<VideoErrorAnswer>(StatusCodes.Status404NotFound)
        .Produces<VideoErrorAnswer>(StatusCodes.Status429TooManyRequests);

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
