namespace Phenaki.Caching;

/// <summary>A value and where it came from. Others may hold the same object: read it only.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Source">Where it came from.</param>
public readonly record struct CacheLookup<T>(T Value, CacheSource Source);
