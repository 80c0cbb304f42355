using System.Diagnostics;

namespace Phenaki.ClientTests;

/// <summary>Reads videos as anybody else would: with ffmpeg.</summary>
internal static class VideoFrames
{
    /// <summary>A hash of the pixels of every frame, in order.</summary>
    /// <param name="video">A file, or a pattern of numbered files.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IReadOnlyList<string>> HashesAsync(string video, CancellationToken cancellationToken)
    {
        await using var ffmpeg = ProgramProcess.Start(new ProcessStartInfo("ffmpeg")
        {
            ArgumentList = { "-loglevel", "error", "-i", video, "-fps_mode", "passthrough", "-f", "framemd5", "-pix_fmt", "rgb24", "-" },
        });
        var result = (await ffmpeg.EndAsync(cancellationToken)).Succeeded();
        return [.. result.Output.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[^1].Trim())];
    }
}
