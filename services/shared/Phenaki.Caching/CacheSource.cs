namespace Phenaki.Caching;

/// <summary>Where a value came from.</summary>
public enum CacheSource
{
    /// <summary>This caller computed it.</summary>
    Computed,

    /// <summary>It was in the cache.</summary>
    Cache,

    /// <summary>Another caller of this process was computing it at the same time.</summary>
    SharedFlight,
}
