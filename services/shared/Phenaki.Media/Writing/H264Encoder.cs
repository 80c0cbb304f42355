using System.Globalization;
using Phenaki.Media.Ffmpeg;

namespace Phenaki.Media.Writing;

/// <summary>
/// Writes H.264 in MP4 through ffmpeg, frame by frame. Its 4:2:0 needs even sizes: the last row and column of an odd picture are
/// repeated once.
/// </summary>
internal sealed class H264Encoder : IFrameEncoder
{
    private readonly PictureFormat _picture;
    private readonly int _width;
    private readonly int _height;
    private readonly FfmpegProcess _ffmpeg;

    public H264Encoder(PictureFormat picture, AsideOutput output, VideoWriterOptions options)
    {
        _picture = picture;
        _width = picture.Width + (picture.Width % 2);
        _height = picture.Height + (picture.Height % 2);
        string rate = picture.FramesPerSecond.ToString("0.######", CultureInfo.InvariantCulture);
        string rateFactor = (51 - (0.4 * options.Quality)).ToString("0.#", CultureInfo.InvariantCulture);

        // The colours are converted and marked as BT.709: players guess differently where nothing is marked.
        string[] arguments =
        [
            "-hide_banner", "-loglevel", "error", "-y",
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", $"{_width}x{_height}", "-framerate", rate, "-i", "pipe:0",
            "-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p",
            "-c:v", "libx264", "-preset", "medium", "-crf", rateFactor, "-threads", "1",
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
            "-movflags", "+faststart", "-f", "mp4", "file:" + output.Aside,
        ];
        _ffmpeg = FfmpegProcess.Start(FfmpegProgram.Find(output.Path, options.FfmpegPath), arguments, options.FfmpegTimeout);
    }

    public async ValueTask AddAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken)
    {
        var frame = _width == _picture.Width && _height == _picture.Height ? rgb : RepeatLastRowAndColumn(rgb.Span);
        await _ffmpeg.RunAsync(limit => _ffmpeg.Input.WriteAsync(frame, limit).AsTask(), cancellationToken);
    }

    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        await _ffmpeg.RunAsync(
            async limit =>
            {
                await _ffmpeg.Input.FlushAsync(limit);
                _ffmpeg.Input.Close();
            },
            cancellationToken);
        await _ffmpeg.WaitForSuccessAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _ffmpeg.DisposeAsync();

    private byte[] RepeatLastRowAndColumn(ReadOnlySpan<byte> rgb)
    {
        var frame = new byte[_width * _height * 3];
        for (int y = 0; y < _height; y++)
        {
            var source = rgb.Slice(Math.Min(y, _picture.Height - 1) * _picture.Width * 3, _picture.Width * 3);
            var row = frame.AsSpan(y * _width * 3, _width * 3);
            source.CopyTo(row);
            source[^3..].CopyTo(row[^3..]);
        }

        return frame;
    }
}
