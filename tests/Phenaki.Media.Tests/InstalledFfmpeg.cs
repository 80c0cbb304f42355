using System.Diagnostics;
using System.Text.Json;
using Phenaki.Media.Ffmpeg;

namespace Phenaki.Media.Tests;

/// <summary>The ffmpeg of the machine, as a judge that is independent of our code. Tests that need it are skipped where it is missing.</summary>
internal static class InstalledFfmpeg
{
    public static void SkipIfMissing()
    {
        try
        {
            _ = FfmpegProgram.Find("test", null);
            _ = FfmpegProgram.FindProbe("test", null);
        }
        catch (MediaException)
        {
            Assert.Skip("ffmpeg and ffprobe are not on the PATH.");
        }
    }

    /// <summary>The video stream and the format as ffprobe sees them, with frames counted by decoding.</summary>
    public static async Task<(JsonElement Stream, JsonElement Format)> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        byte[] json = await RunAsync("ffprobe", ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path], cancellationToken);
        var root = JsonDocument.Parse(json).RootElement;
        return (Assert.Single(root.GetProperty("streams").EnumerateArray()), root.GetProperty("format"));
    }

    /// <summary>The frames as ffmpeg decodes them.</summary>
    public static async Task<IReadOnlyList<byte[]>> DecodeAsync(string path, int width, int height, CancellationToken cancellationToken)
    {
        byte[] raw = await RunAsync(
            "ffmpeg", ["-v", "error", "-i", path, "-sws_flags", "accurate_rnd+full_chroma_int", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"], cancellationToken);
        Assert.Equal(0, raw.Length % (width * height * 3));
        return [.. raw.Chunk(width * height * 3)];
    }

    public static async Task<byte[]> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return output.ToArray();
    }
}
