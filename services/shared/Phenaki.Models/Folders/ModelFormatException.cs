namespace Phenaki.Models.Folders;

/// <summary>A model folder, or a file in it, is missing, damaged, or not what was expected. The message names the file, the tensor and the numbers.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">Path of the file or folder at fault.</param>
    /// <param name="tensor">Name of the tensor at fault, or null where the fault is not one tensor's.</param>
    /// <param name="problem">What is wrong: what was expected, and what was found.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public ModelFormatException(string file, string? tensor, string problem, Exception? innerException = null)
        : base(tensor is null ? $"{file}: {problem}" : $"{file}: tensor '{Printable(tensor)}': {problem}", innerException)
    {
        File = file;
        Tensor = tensor;
    }

    /// <summary>Path of the file or folder at fault.</summary>
    public string File { get; }

    /// <summary>Name of the tensor at fault; null where the fault is not one tensor's.</summary>
    public string? Tensor { get; }

    /// <summary>Throws when a configuration has violations; the message holds them all.</summary>
    /// <param name="file">Path of the configuration.</param>
    /// <param name="violations">What is wrong, field by field.</param>
    public static void ThrowIfAny(string file, IEnumerable<string> violations)
    {
        string[] wrong = [.. violations];
        if (wrong.Length > 0)
        {
            throw new ModelFormatException(file, null, string.Join("; ", wrong));
        }
    }

    // Names come from the damaged file itself: a terminal must survive them.
    internal static string Printable(string text) =>
        string.Concat(text.Take(200).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
