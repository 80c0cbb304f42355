namespace Phenaki.Models.Folders;

/// <summary>Reads the small files of a model folder, bounded, with the errors of a model folder.</summary>
internal static class FolderFiles
{
    public static byte[] ReadBytes(string path, long maxBytes)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= maxBytes
                ? File.ReadAllBytes(path)
                : throw new ModelFormatException(path, null, $"may have at most {maxBytes} bytes, found {length}");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, null, "is missing", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(path, null, $"cannot be read: {exception.Message}", exception);
        }
    }
}
