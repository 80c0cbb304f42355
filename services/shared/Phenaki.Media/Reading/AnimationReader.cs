using ImageMagick;

namespace Phenaki.Media.Reading;

/// <summary>Reads animated GIF and WebP, and still ones as a single frame. Their frames are painted over each other, so all are decoded together.</summary>
internal static class AnimationReader
{
    // What browsers use where a file gives a frame no time.
    private const double SecondsOfUntimedFrame = 0.1;

    public static async Task<TimedFrames> ReadAsync(MediaPart part, FrameFitter fitter, VideoReaderOptions options, CancellationToken cancellationToken)
    {
        byte[] file = await MediaFile.ReadAllAsync(part, cancellationToken);
        var format = ImageSignature.Recognise(file)!.Value;
        return await Task.Run(() => Decode(part.Name, file, format, fitter, options, cancellationToken), cancellationToken);
    }

    private static TimedFrames Decode(
        string path, byte[] file, MagickFormat format, FrameFitter fitter, VideoReaderOptions options, CancellationToken cancellationToken)
    {
        int maxFrames = options.MaxFrames;
        using (var sizes = RgbImage.Ping(file, format, maxFrames + 1))
        {
            ImageReader.ThrowIfTooLarge(path, sizes[0]);
            long canvas = Math.Max((long)sizes[0].Page.Width * sizes[0].Page.Height, (long)sizes[0].Width * sizes[0].Height);
            if (sizes.Count > maxFrames)
            {
                throw new MediaException(path, $"has more than {maxFrames} frames; at most that many are read.");
            }

            if (canvas * sizes.Count > options.MaxPixelsTogether)
            {
                throw new MediaException(path, $"has {sizes.Count} frames of {canvas} pixels; at most {options.MaxPixelsTogether} pixels are read together.");
            }
        }

        using var images = RgbImage.ReadAll(file, format, maxFrames, cancellationToken);
        double[] seconds = [.. images.Select(SecondsInFile)];
        if (WebPDurations.Read(file) is var exact && format == MagickFormat.WebP && exact.Count == images.Count)
        {
            seconds = [.. exact.Select(milliseconds => milliseconds / 1000.0)];
        }

        double untimed = images.Count == 1 ? 1 / options.DefaultFramesPerSecond : SecondsOfUntimedFrame;
        seconds = [.. seconds.Select(value => value > 0 ? value : untimed)];
        images.Coalesce();

        // Frames that the wanted rate leaves out are not worth fitting; too many of them are refused by who asks for the rate.
        int[] sources = [.. Enumerable.Range(0, images.Count)];
        if (options.FramesPerSecond is { } rate && FrameTiming.CountAt(seconds, rate) is var count && count <= maxFrames)
        {
            sources = FrameTiming.SourcesAt(seconds, rate);
            seconds = [.. Enumerable.Repeat(1 / rate, count)];
        }

        var frames = new List<byte[]>(sources.Length);
        for (int i = 0; i < sources.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            frames.Add(i > 0 && sources[i] == sources[i - 1] ? frames[^1] : fitter.Fit(images[sources[i]]));
        }

        return new TimedFrames(frames, seconds);
    }

    private static double SecondsInFile(IMagickImage<byte> image) =>
        image.AnimationTicksPerSecond > 0 ? (double)image.AnimationDelay / image.AnimationTicksPerSecond : 0;
}
