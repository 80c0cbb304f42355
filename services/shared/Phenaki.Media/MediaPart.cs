namespace Phenaki.Media;

/// <summary>A media file, a folder of pictures, or a piece of a file that is a media file of its own: a member of a tar archive, read where it lies.</summary>
public sealed record MediaPart
{
    /// <summary>A whole file or folder.</summary>
    /// <param name="path">Its path.</param>
    public MediaPart(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
        Name = path;
    }

    /// <summary>A piece of a file.</summary>
    /// <param name="path">Path of the file around it.</param>
    /// <param name="member">Name of the piece, for messages.</param>
    /// <param name="offset">First byte, at least 0.</param>
    /// <param name="length">Bytes, at least 0.</param>
    public MediaPart(string path, string member, long offset, long length)
        : this(path)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Name = $"{path}:{member}";
        Offset = offset;
        Length = length;
    }

    /// <summary>File or folder.</summary>
    public string Path { get; }

    /// <summary>What messages call it: the path, for a piece with its name in the file.</summary>
    public string Name { get; }

    /// <summary>First byte of a piece; 0 for a whole file.</summary>
    public long Offset { get; }

    /// <summary>Bytes of a piece; null for a whole file or folder.</summary>
    public long? Length { get; }
}
