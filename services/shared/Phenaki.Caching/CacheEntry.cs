namespace Phenaki.Caching;

/// <summary>A place in the cache for one kind of value: its key, and what a value must be to count as a hit.</summary>
/// <typeparam name="T">The value.</typeparam>
public abstract class CacheEntry<T>
{
    private protected CacheEntry(CacheKey key) => Key = key;

    /// <summary>Key of the value.</summary>
    public CacheKey Key { get; }

    /// <summary>The kind's name in metrics: prompt, tokens, frames or prefix.</summary>
    public abstract string Kind { get; }

    /// <summary>The stored form.</summary>
    /// <exception cref="ArgumentException">The value is not what this entry holds.</exception>
    internal abstract CacheValue ToStored(T value);

    /// <summary>Reads a stored value that is whole and was stored for this key.</summary>
    /// <returns>Null when the value is what this entry holds, else why it is not.</returns>
    internal abstract CacheMissReason? FromStored(CacheValue stored, out T? value);
}
