using Phenaki.Models.Folders;
using static TorchSharp.torch;

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

    /// <summary>Copies weights by name; what only the target has stays as it is.</summary>
    /// <param name="from">Their source.</param>
    /// <param name="to">Has all of them, in the same shapes or larger ones, of which the leading rows and columns are filled.</param>
    /// <param name="except">Name of one to leave out; null for none.</param>
    public static void Copy(nn.Module from, nn.Module to, string? except = null)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var target = to.state_dict();
        foreach (var (name, tensor) in from.state_dict().Where(entry => entry.Key != except))
        {
            var place = target[name];
            for (int axis = 0; axis < tensor.dim(); axis++)
            {
                place = place.narrow(axis, 0, tensor.shape[axis]);
            }

            place.copy_(tensor);
        }
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
