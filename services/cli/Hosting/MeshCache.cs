namespace Phenaki.Cli.Hosting;

/// <summary>The cache of the services in this process and the store of its stories, and what people should know about them.</summary>
internal sealed class MeshCache : IDisposable
{
    private readonly CacheFolder? _folder;
    private readonly EmbeddedCache? _embedded;
    private readonly EmbeddedStories? _stories;

    private MeshCache(string address, string? notice = null, CacheFolder? folder = null, EmbeddedCache? embedded = null, EmbeddedStories? stories = null)
    {
        _stories = stories;
        Address = address;
        Notice = notice;
        _folder = folder;
        _embedded = embedded;
    }

    /// <summary>Address of the server, as StackExchange.Redis reads it; empty for no cache.</summary>
    public string Address { get; }

    /// <summary>Why it is not the cache that was asked for; null when it is.</summary>
    public string? Notice { get; }

    /// <summary>True for a server that this process has to itself.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>Address of the store of the stories, where this process has it to itself; empty otherwise.</summary>
    public string Stories => _stories?.Address ?? "";

    /// <summary>Starts what was chosen. A cache that cannot be had is told, not an error.</summary>
    /// <param name="choice">What was chosen.</param>
    /// <param name="keeping">Which stories are kept: with those of the cache its store is started beside an embedded one.</param>
    /// <exception cref="CliException">A folder that was asked for by name cannot be used.</exception>
    /// <exception cref="IOException">There is no place for the stories of this process.</exception>
    public static MeshCache Start(CacheChoice choice, StoryKeeping keeping)
    {
        var own = keeping == StoryKeeping.Process ? EmbeddedStories.Start(null) : null;
        try
        {
            return Start(choice, keeping == StoryKeeping.Cache, own);
        }
        catch
        {
            own?.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server, if it is this process's, and gives its folder to the next process.</summary>
    public void Dispose()
    {
        _stories?.Dispose();
        _embedded?.Dispose();
        _folder?.Dispose();
    }

    private static MeshCache Start(CacheChoice choice, bool keepsStories, EmbeddedStories? own)
    {
        if (!choice.IsOn || choice.Redis is not null)
        {
            return new MeshCache(choice.Redis ?? "", stories: own);
        }

        var (folder, notice) = Take(choice);
        EmbeddedCache? embedded = null;
        try
        {
            embedded = EmbeddedCache.Start(folder);
            notice = embedded.WasDamaged ? "What the cache folder held could not be read; it was deleted." : notice;
            var stories = keepsStories ? EmbeddedStories.Start(folder) : own;
            notice = stories?.PutAside is { } aside ? $"The stories that were kept could not be read; they are now in '{aside}'." : notice;
            return new MeshCache(embedded.Address, notice, folder, embedded, stories);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            embedded?.Dispose();
            folder?.Dispose();
            return new MeshCache("", $"There is no cache this time: {failure.GetBaseException().Message}", stories: own);
        }
    }

    private static (CacheFolder? Folder, string? Notice) Take(CacheChoice choice)
    {
        var path = choice.Folder ?? CacheFolder.Default(Environment.GetEnvironmentVariable);
        try
        {
            var folder = CacheFolder.TryTake(path);
            return (folder, folder is null ? $"Another process uses the cache folder '{path}'; this one keeps nothing for later runs." : null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return choice.Folder is null
                ? (null, $"The cache folder '{path}' cannot be used, so nothing is kept for later runs: {failure.Message}")
                : throw CliException.Usage($"--cache-dir: '{path}' cannot be used: {failure.Message}");
        }
    }
}
