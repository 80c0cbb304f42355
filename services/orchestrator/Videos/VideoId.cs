using Phenaki.Orchestrator.Durable;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Ids of videos: those of the stories that they are, behind a word.</summary>
internal static class VideoId
{
    private const string Prefix = "video_";
    private const int MaxShown = 64;

    /// <summary>The id of a story's video.</summary>
    public static string Of(string story) => Prefix + story;

    /// <summary>The id of a video's story.</summary>
    /// <exception cref="VideoException">It can be none.</exception>
    public static string Story(string video) => video.StartsWith(Prefix, StringComparison.Ordinal) && StoryId.IsId(video[Prefix.Length..])
        ? video[Prefix.Length..]
        : throw VideoException.NoVideo(video.Length <= MaxShown ? video : $"{video.AsSpan(0, MaxShown)}...");
}
