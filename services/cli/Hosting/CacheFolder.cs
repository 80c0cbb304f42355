namespace Phenaki.Cli.Hosting;

/// <summary>The folder that the embedded cache keeps its data in, for one process at a time; a lock ends with its process, however that ends.</summary>
internal sealed class CacheFolder : IDisposable
{
    // The data bound themselves to a few hundred megabytes; what is larger has grown by mistake.
    private const long MaxBytes = 1L << 30;

    private readonly FileStream _lock;

    private CacheFolder(string path, FileStream lockFile)
    {
        DataPath = Path.Combine(path, "data-v1");
        StoriesPath = Path.Combine(path, "stories-v1");
        _lock = lockFile;
    }

    /// <summary>Folder of the data.</summary>
    public string DataPath { get; }

    /// <summary>Folder of the stories that outlive their clients; nothing but their own expiry deletes them.</summary>
    public string StoriesPath { get; }

    /// <summary>The user's: <c>$XDG_CACHE_HOME/phenaki</c>, else <c>~/.cache/phenaki</c>; on Windows and macOS the local application data.</summary>
    public static string Default(Func<string, string?> environment)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "phenaki", "cache");
        }

        // The XDG specification has relative paths ignored.
        var xdg = environment("XDG_CACHE_HOME");
        return Path.IsPathFullyQualified(xdg ?? "")
            ? Path.Combine(xdg!, "phenaki")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "phenaki");
    }

    /// <summary>Takes the folder, creating it where needed.</summary>
    /// <returns>Null while another process has it.</returns>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written to.</exception>
    public static CacheFolder? TryTake(string path)
    {
        Directory.CreateDirectory(path);
        var file = Path.Combine(path, "lock");
        FileStream lockFile;
        try
        {
            lockFile = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }

        var folder = new CacheFolder(path, lockFile);
        if (SizeOf(folder.DataPath) > MaxBytes)
        {
            folder.Clear();
        }

        return folder;
    }

    /// <summary>Deletes the data: whatever is lost is made again.</summary>
    public void Clear()
    {
        if (Directory.Exists(DataPath))
        {
            Directory.Delete(DataPath, recursive: true);
        }
    }

    /// <summary>Puts stories that cannot be read out of the way, for a person to look at; those put aside before are deleted.</summary>
    /// <returns>Where they are now.</returns>
    public string PutStoriesAside()
    {
        var aside = $"{StoriesPath}.damaged";
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        if (Directory.Exists(StoriesPath))
        {
            Directory.Move(StoriesPath, aside);
        }

        return aside;
    }

    /// <summary>Gives the folder to the next process.</summary>
    public void Dispose() => _lock.Dispose();

    private static long SizeOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : 0;
}
