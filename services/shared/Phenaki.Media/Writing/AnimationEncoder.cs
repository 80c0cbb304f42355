using ImageMagick;

namespace Phenaki.Media.Writing;

/// <summary>Writes animated WebP and GIF, which the library puts together in memory from all frames.</summary>
internal sealed class AnimationEncoder(VideoFormat format, PictureFormat picture, AsideOutput output, VideoWriterOptions options) : IFrameEncoder
{
    private readonly MagickImageCollection _frames = [];
    private readonly int _ticksPerSecond = format == VideoFormat.Gif ? 100 : 1000;

    public ValueTask AddAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken)
    {
        long most = options.MaxBufferedBytes / (4L * picture.Width * picture.Height);
        if (_frames.Count >= most)
        {
            throw new MediaException(
                output.Path,
                $"cannot be written: a {format} of {picture.Width}x{picture.Height} pixels is put together in memory and may have at most {most} frames; write an .mp4 or a folder of PNG files.");
        }

        var image = RgbImage.Create(rgb.Span, picture.Width, picture.Height);
        image.AnimationTicksPerSecond = _ticksPerSecond;
        image.AnimationDelay = (uint)FrameDurations.Ticks(_frames.Count, picture.FramesPerSecond, _ticksPerSecond);
        image.AnimationIterations = 0;
        if (format == VideoFormat.WebP)
        {
            bool lossless = options.Lossless ?? options.Scale == 1;
            image.Quality = lossless ? 100 : (uint)options.Quality;
            image.Settings.SetDefine(MagickFormat.WebP, "lossless", lossless);
            if (lossless)
            {
                // A third of the time of the library's choice for one in fourteen bytes more.
                image.Settings.SetDefine(MagickFormat.WebP, "method", "2");
            }

            image.Settings.SetDefine(MagickFormat.WebP, "use-sharp-yuv", !lossless);
        }

        _frames.Add(image);
        return ValueTask.CompletedTask;
    }

    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        _frames[0].Progress += (_, progress) => progress.Cancel = cancellationToken.IsCancellationRequested;
        byte[] bytes = await Task.Run(
            () => _frames.ToByteArray(format == VideoFormat.Gif ? MagickFormat.Gif : MagickFormat.WebP), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        await File.WriteAllBytesAsync(output.Aside, bytes, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _frames.Dispose();
        return ValueTask.CompletedTask;
    }
}
