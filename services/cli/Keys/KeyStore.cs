using Phenaki.Orchestrator.ApiKeys;

namespace Phenaki.Cli.Keys;

/// <summary>Changes a file of keys. It is written aside and renamed, so that a service never reads half of it; only its owner may read it.</summary>
internal static class KeyStore
{
    /// <summary>Adds a key.</summary>
    /// <exception cref="CliException">The file cannot be read, or has a key of that id.</exception>
    public static async Task AddAsync(string path, ApiKeyEntry entry, CancellationToken cancellationToken)
    {
        var file = File.Exists(path) ? await ReadAsync(path, cancellationToken) : new() { Keys = [] };
        if (file.Keys.Any(key => key.Id == entry.Id))
        {
            throw CliException.Usage($"--id: '{path}' has a key '{entry.Id}' already; choose another id.");
        }

        await WriteAsync(path, file with { Keys = [.. file.Keys, entry] }, cancellationToken);
    }

    /// <summary>Takes a key back.</summary>
    /// <exception cref="CliException">The file cannot be read, or has no key of that id.</exception>
    public static async Task RevokeAsync(string path, string id, CancellationToken cancellationToken)
    {
        var file = await ReadAsync(path, cancellationToken);
        if (file.Keys.All(key => key.Id != id))
        {
            throw CliException.Usage($"--id: '{path}' has no key '{id}'.");
        }

        await WriteAsync(path, new() { Keys = [.. file.Keys.Select(key => key.Id == id ? key with { Revoked = true } : key)] }, cancellationToken);
    }

    private static async Task<ApiKeyFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return ApiKeyFile.Parse(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (InvalidDataException wrong)
        {
            throw CliException.Usage($"--file: '{path}' cannot be used: {wrong.Message}");
        }
        catch (Exception wrong) when (wrong is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CliException.Usage($"--file: there is no file '{path}'.");
        }
    }

    private static async Task WriteAsync(string path, ApiKeyFile file, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(path);
        var aside = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File.Exists(target) ? File.GetUnixFileMode(target) : UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            await using (var writer = new StreamWriter(aside, options))
            {
                await writer.WriteLineAsync(file.ToJson().AsMemory(), cancellationToken);
            }

            File.Move(aside, target, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
