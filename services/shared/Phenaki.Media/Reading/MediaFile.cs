namespace Phenaki.Media.Reading;

/// <summary>Reads files within limits.</summary>
internal static class MediaFile
{
    /// <summary>Most bytes of a picture or animation: 100 MB.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>Opens a file or a piece of one.</summary>
    /// <exception cref="MediaException">It does not exist, is a folder, ends before the piece does, or cannot be read.</exception>
    public static Stream Open(MediaPart part)
    {
        var file = OpenFile(part.Path);
        if (part.Length is not { } length)
        {
            return file;
        }

        if (part.Offset + length <= file.Length)
        {
            return new PartStream(file, part.Offset, length);
        }

        file.Dispose();
        throw new MediaException(part.Name, "is not whole: the file around it ends before it.");
    }

    /// <summary>Reads a whole file of at most <see cref="MaxBytes"/>.</summary>
    /// <exception cref="MediaException">It is empty, too large, or cannot be read.</exception>
    public static async Task<byte[]> ReadAllAsync(MediaPart part, CancellationToken cancellationToken)
    {
        string path = part.Name;
        await using var file = Open(part);
        try
        {
            // A device or pipe tells no length: what counts is what is read.
            var bytes = new MemoryStream();
            var buffer = new byte[1 << 16];
            int read;
            while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > MaxBytes)
                {
                    throw new MediaException(path, $"has more than {MaxBytes / 1_000_000} MB; at most that much is read.");
                }
            }

            return bytes.Length > 0 ? bytes.ToArray() : throw new MediaException(path, "is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, $"cannot be read: {error.Message}", error);
        }
    }

    private static FileStream OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new MediaException(path, "is a folder where a file is needed.");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MediaException(path, "does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, $"cannot be read: {error.Message}", error);
        }
    }
}
