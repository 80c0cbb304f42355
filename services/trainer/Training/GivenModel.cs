using Phenaki.Models.Folders;

namespace Phenaki.Trainer.Training;

/// <summary>The model that a run begins with.</summary>
internal static class GivenModel
{
    /// <summary>Refuses a folder that the run itself would write: what it began with would be gone when it goes on.</summary>
    /// <exception cref="InvalidOperationException">Both are the same folder.</exception>
    public static void RefuseOwn(string from, string output)
    {
        if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(from)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)))
        {
            throw new InvalidOperationException($"The run begins with {from} and writes to the same folder; give it another --output.");
        }
    }

    /// <summary>The fingerprint of a model folder: what stands in a checkpoint for the folder's name, as folders are moved and overwritten.</summary>
    public static string Fingerprint(string folder)
    {
        using var files = ModelFolder.Open(folder);
        return files.Fingerprint;
    }

    /// <summary>Throws when a configuration does not fit the given model.</summary>
    /// <exception cref="InvalidOperationException">There are differences; the message holds them.</exception>
    public static void ThrowIfDifferent(string folder, IEnumerable<string> differences)
    {
        string[] wrong = [.. differences];
        if (wrong.Length > 0)
        {
            throw new InvalidOperationException($"A run cannot begin with {folder}: {string.Join("; ", wrong)}. Sizes must be equal.");
        }
    }
}
