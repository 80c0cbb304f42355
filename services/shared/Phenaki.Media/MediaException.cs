namespace Phenaki.Media;

/// <summary>A picture or video file cannot be read or written. The message names the file, what is wrong and what is allowed.</summary>
public sealed class MediaException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">File or folder that the error is about; becomes the start of the message.</param>
    /// <param name="problem">What is wrong and what is allowed, as the rest of a sentence that starts with the path.</param>
    /// <param name="inner">What caused it.</param>
    public MediaException(string path, string problem, Exception? inner = null)
        : base($"'{path}' {problem}", inner) => Path = path;

    /// <summary>File or folder that the error is about, as the caller named it.</summary>
    public string Path { get; }
}
