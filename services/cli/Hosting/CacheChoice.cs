namespace Phenaki.Cli.Hosting;

/// <summary>Which cache the services use.</summary>
internal sealed record CacheChoice
{
    /// <summary>False for no cache at all.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Address of a Redis server; null for the cache inside this process.</summary>
    public string? Redis { get; init; }

    /// <summary>Folder of the cache inside this process; null for the user's.</summary>
    public string? Folder { get; init; }
}
