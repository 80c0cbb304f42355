using System.Globalization;
using Phenaki.Media;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Videos;

/// <summary>What a video is besides its story; kept with the story, in its labels.</summary>
internal static class VideoLabels
{
    /// <summary>Label with what the model's size is multiplied by.</summary>
    public const string Scale = "video.scale";

    /// <summary>Label with the id of the story that it was remixed from.</summary>
    public const string RemixedFrom = "video.remixed-from";

    /// <summary>What the model's size is multiplied by; stories that were made by other ways have the usual one.</summary>
    public static int ScaleOf(WireStory story, int width, int height) =>
        story.Labels.TryGetValue(Scale, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var scale)
        && scale is >= 1 and <= VideoWriterOptions.MaxScale
            ? scale
            : VideoWriterOptions.ComfortableScale(width, height);
}
