namespace Phenaki.Media.Writing;

/// <summary>
/// A file or folder that is written next to its final place, under a name of its own, and renamed when it is whole. Disposing
/// removes what was not published.
/// </summary>
internal sealed class AsideOutput : IDisposable
{
    private readonly string _target;
    private readonly bool _asFolder;
    private bool _published;

    private AsideOutput(string path, string target, string aside, bool asFolder)
    {
        Path = path;
        _target = target;
        Aside = aside;
        _asFolder = asFolder;
    }

    /// <summary>The final place, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>Where to write: an empty file or an empty folder that exists.</summary>
    public string Aside { get; }

    /// <summary>Creates the empty file or folder to write to.</summary>
    /// <exception cref="MediaException">The folder around it is missing or cannot be written to, or the target is in the way.</exception>
    public static AsideOutput Create(string path, bool asFolder)
    {
        string target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        string parent = System.IO.Path.GetDirectoryName(target)
            ?? throw new MediaException(path, "is the root of a file system; name a file or folder in it.");
        if (!Directory.Exists(parent))
        {
            throw new MediaException(path, $"cannot be written: the folder '{parent}' does not exist; create it or choose another.");
        }

        ThrowIfInTheWay(path, target, asFolder);
        try
        {
            return new AsideOutput(path, target, CreateAside(parent, System.IO.Path.GetFileName(target), asFolder), asFolder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, $"cannot be written: the folder '{parent}' takes no new files ({error.Message}); choose another.", error);
        }
    }

    /// <summary>Renames to the final place. A file replaces the file that is there.</summary>
    public void Publish()
    {
        if (_asFolder)
        {
            ThrowIfInTheWay(Path, _target, _asFolder);
            if (Directory.Exists(_target))
            {
                Directory.Delete(_target);
            }

            Directory.Move(Aside, _target);
        }
        else
        {
            File.Move(Aside, _target, overwrite: true);
        }

        _published = true;
    }

    /// <summary>Removes what was written, unless it was published. Never throws: it runs while other errors are on their way.</summary>
    public void Dispose()
    {
        if (_published)
        {
            return;
        }

        try
        {
            if (_asFolder)
            {
                Directory.Delete(Aside, recursive: true);
            }
            else
            {
                File.Delete(Aside);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder went away or lost its permissions: there is nothing more to remove.
        }
    }

    private static void ThrowIfInTheWay(string path, string target, bool asFolder)
    {
        if (!asFolder && Directory.Exists(target))
        {
            throw new MediaException(path, "cannot be written: a folder of that name exists.");
        }

        if (asFolder && File.Exists(target))
        {
            throw new MediaException(path, "cannot be written as a folder: a file of that name exists.");
        }

        if (asFolder && Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new MediaException(path, "cannot be written: the folder is not empty; empty it or name a new one.");
        }
    }

    // The machine's name keeps processes of equal number in containers on one shared disk apart.
    private static string CreateAside(string parent, string name, bool asFolder)
    {
        for (int attempt = 0; ; attempt++)
        {
            string aside = System.IO.Path.Combine(parent, $".{name}.{Environment.MachineName}-{Environment.ProcessId}-{attempt}.partial");
            if (Directory.Exists(aside) || File.Exists(aside))
            {
                continue;
            }

            if (asFolder)
            {
                Directory.CreateDirectory(aside);
                return aside;
            }

            try
            {
                using var file = new FileStream(aside, FileMode.CreateNew);
                return aside;
            }
            catch (IOException) when (File.Exists(aside))
            {
                // Another thread took the name between the look and the creation: try the next.
            }
        }
    }
}
