namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>A folder of this process's own for what need not outlive it; what processes that were killed have left beside it is deleted.</summary>
public sealed class ProcessFolder : IDisposable
{
    private const string Prefix = "phenaki-run-";
    private const string LockName = "process.lock";
    private readonly FileStream _lock;

    private ProcessFolder(string path, FileStream lockFile) => (Path, _lock) = (path, lockFile);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes the folder.</summary>
    /// <param name="parent">Where; empty for the system's folder for temporary files.</param>
    /// <param name="name">A name that no other folder has.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static ProcessFolder Create(string parent, string name)
    {
        ArgumentNullException.ThrowIfNull(parent);
        var around = parent.Length > 0 ? parent : System.IO.Path.GetTempPath();
        foreach (var other in Directory.EnumerateDirectories(around, $"{Prefix}*"))
        {
            DeleteIfLeft(other);
        }

        var path = System.IO.Path.Combine(around, $"{Prefix}{name}");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            // What is in it, sockets and videos, is its owner's alone.
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new(path, Lock(path));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        Delete(Path);
    }

    private static FileStream Lock(string path) => new(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void DeleteIfLeft(string path)
    {
        try
        {
            // A process that lives has its lock; one that is just beginning has not made it yet, and its folder is empty.
            if (File.Exists(System.IO.Path.Combine(path, LockName)))
            {
                Lock(path).Dispose();
                Delete(path);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another's.
        }
    }

    private static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is found by the next that begins.
        }
    }
}
