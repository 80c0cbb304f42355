using Phenaki.Media.Ffmpeg;
using Phenaki.Media.Writing;

namespace Phenaki.Media;

/// <summary>Opens video files for writing, by the ending of their path (<see cref="VideoFormat.FromPath"/>).</summary>
public static class VideoOutput
{
    private const int LargestSide = 16_384;
    private const double LargestRate = 240;

    // Browsers show GIF frames of less than 2/100 s more slowly.
    private const double LargestGifRate = 50;

    /// <summary>
    /// Checks, before any work is done, that a video could be written: the ending is known, the folder exists and can be written
    /// to, a folder of PNG files would be new or empty, and ffmpeg is there where it is asked for.
    /// </summary>
    /// <param name="path">File, or folder of PNG files, that is to be written.</param>
    /// <param name="options">How it is to be written; null for the defaults.</param>
    /// <returns>The format that it will have.</returns>
    /// <exception cref="MediaException">It could not be written; says why.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static VideoFormat Validate(string path, VideoWriterOptions? options = null)
    {
        options ??= new VideoWriterOptions();
        options.Validate();
        var format = VideoFormat.FromPath(path);
        if (format != VideoFormat.Mp4 && options.Codec != VideoCodec.Auto)
        {
            throw new MediaException(path, $"is a {format}, which has no codec {options.Codec}; leave the codec out or end the name in .mp4.");
        }

        if (options.Codec == VideoCodec.H264)
        {
            _ = FfmpegProgram.Find(path, options.FfmpegPath);
        }

        using var probe = AsideOutput.Create(path, asFolder: format == VideoFormat.PngFolder);
        return format;
    }

    /// <summary>Opens a video for writing. Checks all that <see cref="Validate"/> does.</summary>
    /// <param name="path">File, or folder of PNG files, that is to be written.</param>
    /// <param name="width">Frame width in pixels before scaling; at least 1, after scaling at most 16,384.</param>
    /// <param name="height">Frame height in pixels before scaling; at least 1, after scaling at most 16,384.</param>
    /// <param name="framesPerSecond">Frames per second, above 0, at most 240 (50 for GIF).</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <exception cref="MediaException">It cannot be written; says why.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static IVideoSink Open(string path, int width, int height, double framesPerSecond = 8, VideoWriterOptions? options = null)
    {
        options ??= new VideoWriterOptions();
        var format = Validate(path, options);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, LargestSide / options.Scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, LargestSide / options.Scale);
        double largestRate = format == VideoFormat.Gif ? LargestGifRate : LargestRate;
        if (!(framesPerSecond > 0 && framesPerSecond <= largestRate))
        {
            throw new ArgumentOutOfRangeException(
                nameof(framesPerSecond), framesPerSecond, $"A {format} has more than 0 and at most {largestRate} frames per second.");
        }

        var picture = new PictureFormat(width * options.Scale, height * options.Scale, framesPerSecond);
        var output = AsideOutput.Create(path, asFolder: format == VideoFormat.PngFolder);
        try
        {
            return new VideoSink(output, CreateEncoder(format, picture, output, options), new FrameEnlarger(width, height, options.Scale, options.Scaling));
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <summary>Writes a whole video.</summary>
    /// <param name="path">File, or folder of PNG files, that is to be written.</param>
    /// <param name="video">The frames.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the writing; nothing is left behind.</param>
    /// <exception cref="MediaException">It cannot be written; says why.</exception>
    public static async Task WriteAsync(string path, VideoFrames video, VideoWriterOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(video);
        await using var sink = Open(path, video.Width, video.Height, video.FramesPerSecond, options);
        foreach (byte[] frame in video.Frames)
        {
            await sink.AddFrameAsync(frame, cancellationToken);
        }

        await sink.CompleteAsync(cancellationToken);
    }

    private static IFrameEncoder CreateEncoder(VideoFormat format, PictureFormat picture, AsideOutput output, VideoWriterOptions options) =>
        format == VideoFormat.PngFolder ? new PngFolderEncoder(picture, output)
        : format != VideoFormat.Mp4 ? new AnimationEncoder(format, picture, output, options)
        : options.Codec == VideoCodec.H264 ? new H264Encoder(picture, output, options)
        : new Av1Encoder(picture, output, options);
}
