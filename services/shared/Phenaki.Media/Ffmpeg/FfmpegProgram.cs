namespace Phenaki.Media.Ffmpeg;

/// <summary>Finds the programs of ffmpeg.</summary>
internal static class FfmpegProgram
{
    /// <summary>The full path of ffmpeg.</summary>
    /// <param name="file">The file that it is needed for, for the message.</param>
    /// <param name="configured">Path given by the caller; null to search the PATH.</param>
    /// <exception cref="MediaException">There is none.</exception>
    public static string Find(string file, string? configured) => Search("ffmpeg", configured)
        ?? throw new MediaException(file, "needs the program ffmpeg, which is not on the PATH; install it, or use AV1 in MP4, WebP, GIF or a folder of PNG files.");

    /// <summary>The full path of ffprobe, which is installed together with ffmpeg.</summary>
    /// <inheritdoc cref="Find"/>
    public static string FindProbe(string file, string? configured) =>
        Search("ffprobe", configured is null ? null : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configured))!, "ffprobe"))
        ?? throw new MediaException(file, "needs the program ffprobe (part of ffmpeg), which is not on the PATH; install it, or use WebP, GIF or a folder of PNG files.");

    private static string? Search(string name, string? configured)
    {
        string fileName = OperatingSystem.IsWindows() ? name + ".exe" : name;
        if (configured is not null)
        {
            return File.Exists(configured) ? Path.GetFullPath(configured) : null;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, fileName))
            .FirstOrDefault(File.Exists);
    }
}
