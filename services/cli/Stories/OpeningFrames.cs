using Phenaki.Media;

namespace Phenaki.Cli.Stories;

/// <summary>The frames that a story goes on from.</summary>
internal static class OpeningFrames
{
    /// <summary>Reads the picture or the clip, at the model's size.</summary>
    /// <param name="story">Names at most one of them.</param>
    /// <param name="height">Frame height in pixels.</param>
    /// <param name="width">Frame width in pixels.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Frames of height * width * 3 bytes, none where the story names neither.</returns>
    /// <exception cref="CliException">The file is missing or no picture or video.</exception>
    public static async Task<IReadOnlyList<byte[]>> ReadAsync(StoryArguments story, int height, int width, CancellationToken cancellationToken)
    {
        try
        {
            if (story.Image is not null)
            {
                return [await ImageReader.ReadAsync(story.Image, width, height, FitMode.Crop, cancellationToken)];
            }

            if (story.Clip is not null)
            {
                var options = new VideoReaderOptions { Width = width, Height = height };
                var video = await VideoReader.ReadAsync(story.Clip, options, cancellationToken);
                return video.Frames;
            }
        }
        catch (MediaException wrong)
        {
            throw CliException.Usage($"{(story.Image is not null ? "--image" : "--clip")}: {wrong.Message}");
        }

        return [];
    }
}
