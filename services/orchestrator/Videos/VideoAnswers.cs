using System.Globalization;
using Phenaki.Orchestrator.Clients;
using Phenaki.Story.V1;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Tells of stories as videos.</summary>
internal static class VideoAnswers
{
    /// <summary>The video that a story is.</summary>
    public static VideoAnswer Of(WireStory story, ModelSet models)
    {
        var (width, height) = (models.Geometry.Width, models.Geometry.Height);
        return new()
        {
            Id = VideoId.Of(story.Id),
            Model = models.MaskedTransformer.Model.Name,
            Status = Status(story.State),
            Progress = Progress(story),
            CreatedAt = story.CreateTime.Seconds,
            CompletedAt = story.State == StoryState.Succeeded ? story.EndTime?.Seconds : null,
            ExpiresAt = story.ExpireTime?.Seconds,
            Prompt = string.Join('\n', story.Request.Scenes.Select(scene => scene.Prompt)),
            Seconds = Seconds(story.Frames, models).ToString("0.###", CultureInfo.InvariantCulture),
            Size = Size(width, height, VideoLabels.ScaleOf(story, width, height)),
            RemixedFromVideoId = story.Labels.TryGetValue(VideoLabels.RemixedFrom, out var source) ? VideoId.Of(source) : null,
            Error = Failure(story),
            Seed = story.Seed.ToString(CultureInfo.InvariantCulture),
            Scenes = [.. story.Request.Scenes.Select(scene => new VideoScene { Prompt = scene.Prompt, Seconds = Seconds(scene.Frames, models), Frames = scene.Frames })],
        };
    }

    /// <summary>A state as OpenAI has it.</summary>
    public static string Status(StoryState state) => state switch
    {
        StoryState.Queued => "queued",
        StoryState.Running => "in_progress",
        StoryState.Succeeded => "completed",
        _ => "failed",
    };

    /// <summary>A size as text.</summary>
    public static string Size(int width, int height, int scale) => string.Create(CultureInfo.InvariantCulture, $"{width * scale}x{height * scale}");

    // The last per cent is the state's to tell.
    private static int Progress(WireStory story) => story.State == StoryState.Succeeded
        ? 100
        : (int)Math.Min(99, 100L * story.FramesMade / Math.Max(1, story.Frames));

    private static double Seconds(uint frames, ModelSet models) => frames / models.VideoTokenizer.FramesPerSecond;

    private static VideoFailure? Failure(WireStory story) => story.State switch
    {
        StoryState.Failed => new(VideoErrors.Code(story.Error?.Code ?? 0), story.Error?.Message ?? ""),
        StoryState.Cancelled => new("cancelled", "The story was stopped by a client."),
        _ => null,
    };
}
