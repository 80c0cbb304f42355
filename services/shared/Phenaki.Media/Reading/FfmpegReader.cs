using System.Globalization;
using System.Text;
using System.Text.Json;
using Phenaki.Media.Ffmpeg;

namespace Phenaki.Media.Reading;

/// <summary>Reads any MP4 or WebM through ffmpeg, frame by frame, at a constant rate: the one asked for, else the file's average.</summary>
internal static class FfmpegReader
{
    private const int MaxProbeBytes = 1 << 20;

    // Only the file itself: a hostile playlist must not make ffmpeg open addresses.
    private static readonly string[] FileOnly = ["-v", "error", "-protocol_whitelist", "file,pipe,subfile", "-i"];

    public static async Task<TimedFrames> ReadAsync(MediaPart part, FrameFitter fitter, VideoReaderOptions options, CancellationToken cancellationToken)
    {
        string path = part.Name;
        string program = FfmpegProgram.Find(path, options.FfmpegPath);
        string input = Input(part);
        string rate = await ProbeRateAsync(path, input, options, cancellationToken);
        double framesPerSecond = ParseRate(rate);
        string[] arguments =
        [
            "-nostdin", .. FileOnly, input, "-map", "0:v:0", "-an", "-vf", "fps=" + rate,
            "-frames:v", (options.MaxFrames + 1L).ToString(CultureInfo.InvariantCulture), "-threads", "1", "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
        ];
        await using var ffmpeg = FfmpegProcess.Start(program, arguments, options.FfmpegTimeout);
        ffmpeg.Input.Close();
        var frames = new List<byte[]>();
        while (true)
        {
            byte[]? frame = null;
            await ffmpeg.RunAsync(async limit => frame = await ReadFrameAsync(ffmpeg.Output, fitter, limit), cancellationToken);
            if (frame is null)
            {
                break;
            }

            if (frames.Count == options.MaxFrames)
            {
                throw new MediaException(path, $"has more than {options.MaxFrames} frames; at most that many are read.");
            }

            frames.Add(frame);
        }

        await ffmpeg.WaitForSuccessAsync(cancellationToken);
        return frames.Count > 0
            ? new TimedFrames(frames, [.. Enumerable.Repeat(1 / framesPerSecond, frames.Count)])
            : throw new InvalidDataException("it has no frames");
    }

    // ffmpeg reads a piece of a file where it lies.
    private static string Input(MediaPart part)
    {
        string file = "file:" + Path.GetFullPath(part.Path);
        return part.Length is { } length
            ? string.Create(CultureInfo.InvariantCulture, $"subfile,,start,{part.Offset},end,{part.Offset + length},,:{file}")
            : file;
    }

    private static async Task<string> ProbeRateAsync(string path, string input, VideoReaderOptions options, CancellationToken cancellationToken)
    {
        await using var probe = FfmpegProcess.Start(
            FfmpegProgram.FindProbe(path, options.FfmpegPath),
            [.. FileOnly, input, "-select_streams", "v:0", "-show_entries", "stream=width,height,avg_frame_rate", "-of", "json"],
            options.FfmpegTimeout);
        probe.Input.Close();
        var answer = new MemoryStream();
        await probe.RunAsync(
            async limit =>
            {
                var buffer = new byte[4096];
                int read;
                while ((read = await probe.Output.ReadAsync(buffer, limit)) > 0 && answer.Length < MaxProbeBytes)
                {
                    answer.Write(buffer, 0, read);
                }
            },
            cancellationToken);
        await probe.WaitForSuccessAsync(cancellationToken);

        using var document = JsonDocument.Parse(answer.ToArray());
        if (!document.RootElement.TryGetProperty("streams", out var streams) || streams.GetArrayLength() == 0)
        {
            throw new MediaException(path, "holds no video.");
        }

        long pixels = streams[0].GetProperty("width").GetInt64() * streams[0].GetProperty("height").GetInt64();
        if (pixels > ImageReader.MaxPixels)
        {
            throw new MediaException(path, $"has frames of {pixels} pixels; at most {ImageReader.MaxPixels} are read.");
        }

        return options.FramesPerSecond?.ToString("0.######", CultureInfo.InvariantCulture) ?? streams[0].GetProperty("avg_frame_rate").GetString()!;
    }

    private static double ParseRate(string rate)
    {
        string[] parts = rate.Split('/');
        double value = double.Parse(parts[0], CultureInfo.InvariantCulture) / (parts.Length > 1 ? double.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
        return value is >= VideoReaderOptions.SmallestRate and <= VideoReaderOptions.LargestRate
            ? value
            : throw new InvalidDataException($"it has a frame rate of {rate}; allowed are {VideoReaderOptions.SmallestRate} to {VideoReaderOptions.LargestRate}");
    }

    private static async Task<byte[]?> ReadFrameAsync(Stream output, FrameFitter fitter, CancellationToken cancellationToken)
    {
        if (await ReadWordAsync(output, cancellationToken) is not { } magic)
        {
            return null;
        }

        int width = int.Parse(await ReadWordAsync(output, cancellationToken) ?? "", CultureInfo.InvariantCulture);
        int height = int.Parse(await ReadWordAsync(output, cancellationToken) ?? "", CultureInfo.InvariantCulture);
        string? largest = await ReadWordAsync(output, cancellationToken);
        if (magic != "P6" || largest != "255" || (long)width * height is < 1 or > ImageReader.MaxPixels)
        {
            throw new InvalidDataException($"ffmpeg gave a frame of kind '{magic}', {width}x{height}, up to {largest}");
        }

        var rgb = new byte[width * height * 3];
        await output.ReadExactlyAsync(rgb, cancellationToken);
        using var image = RgbImage.Create(rgb, width, height);
        return fitter.Fit(image);
    }

    // The header of a PPM picture is four words, each ended by one white space.
    private static async Task<string?> ReadWordAsync(Stream stream, CancellationToken cancellationToken)
    {
        var word = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (char.IsWhiteSpace((char)one[0]))
            {
                return word.ToString();
            }

            if (word.Length == 16)
            {
                throw new InvalidDataException("ffmpeg gave something else than pictures");
            }

            word.Append((char)one[0]);
        }

        return word.Length == 0 ? null : throw new InvalidDataException("ffmpeg stopped in the middle of a picture");
    }
}
