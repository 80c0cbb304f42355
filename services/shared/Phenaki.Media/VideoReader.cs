using System.Text;
using ImageMagick;
using Phenaki.Media.Reading;

namespace Phenaki.Media;

/// <summary>
/// Reads videos: a folder of PNG files, animated GIF and WebP, AV1 in MP4, and, through ffmpeg, animated PNG and every other MP4 and WebM.
/// A still picture is a video of one frame.
/// </summary>
public static class VideoReader
{
    /// <summary>Reads a whole video.</summary>
    /// <param name="path">File or folder; files are recognised by what they hold.</param>
    /// <param name="options">Size, rate and limits; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="MediaException">The file is missing, too large or too long, damaged, or no video; or ffmpeg is needed and missing.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static Task<VideoFrames> ReadAsync(string path, VideoReaderOptions? options, CancellationToken cancellationToken) =>
        ReadAsync(new MediaPart(path), options, cancellationToken);

    /// <summary>Reads a whole video that may lie inside another file; otherwise as the other overload.</summary>
    public static async Task<VideoFrames> ReadAsync(MediaPart part, VideoReaderOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(part);
        options ??= new VideoReaderOptions();
        options.Validate();
        var fitter = new FrameFitter(options.Width, options.Height, options.Fit);
        try
        {
            var video = await ReadTimedAsync(part, fitter, options, cancellationToken);
            return Resample(part.Name, video, fitter, options);
        }
        catch (Exception error) when (error is MagickException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MediaException(part.Name, $"cannot be read as a video; it may be damaged: {error.Message}", error);
        }
    }

    private static async Task<TimedFrames> ReadTimedAsync(MediaPart part, FrameFitter fitter, VideoReaderOptions options, CancellationToken cancellationToken)
    {
        if (part.Length is null && Directory.Exists(part.Path))
        {
            return await PngFolderReader.ReadAsync(part.Path, fitter, options, cancellationToken);
        }

        var start = new byte[16];
        await using (var file = MediaFile.Open(part))
        {
            int read = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
            start = start[..read];
        }

        var pictures = ImageSignature.Recognise(start);
        if (pictures is MagickFormat.Gif or MagickFormat.WebP)
        {
            return await AnimationReader.ReadAsync(part, fitter, options, cancellationToken);
        }

        if (pictures is not null)
        {
            byte[] picture = await MediaFile.ReadAllAsync(part, cancellationToken);
            if (pictures == MagickFormat.Png && AnimatedPng.Is(picture))
            {
                return await FfmpegReader.ReadAsync(part, fitter, options, cancellationToken);
            }

            byte[] still = await ImageReader.ReadAsync(part.Name, picture, fitter, cancellationToken);
            return new TimedFrames([still], [1 / options.DefaultFramesPerSecond]);
        }

        bool isoMedia = start.Length >= 8 && Encoding.Latin1.GetString(start, 4, 4) == "ftyp";
        if (isoMedia && await Av1Reader.TryReadAsync(part, fitter, options, cancellationToken) is { } video)
        {
            return video;
        }

        bool matroska = start.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]);
        return isoMedia || matroska
            ? await FfmpegReader.ReadAsync(part, fitter, options, cancellationToken)
            : throw new MediaException(part.Name, "is not a video of a known kind; allowed are MP4, WebM, WebP, GIF, animated PNG, a folder of PNG files, and still pictures.");
    }

    private static VideoFrames Resample(string path, TimedFrames video, FrameFitter fitter, VideoReaderOptions options)
    {
        if (options.FramesPerSecond is not { } rate)
        {
            double total = video.Seconds.Sum();
            return new VideoFrames(fitter.Width, fitter.Height, video.Frames.Count / total, video.Frames);
        }

        int count = FrameTiming.CountAt(video.Seconds, rate);
        if (count > options.MaxFrames)
        {
            throw new MediaException(path, $"has {count} frames at {rate} frames per second; at most {options.MaxFrames} are read.");
        }

        byte[][] frames = [.. FrameTiming.SourcesAt(video.Seconds, rate).Select(i => video.Frames[i])];
        return new VideoFrames(fitter.Width, fitter.Height, rate, frames);
    }
}
