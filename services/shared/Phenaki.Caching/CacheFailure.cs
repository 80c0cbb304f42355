namespace Phenaki.Caching;

/// <summary>Why the store did not do what it was asked.</summary>
public enum CacheFailure
{
    /// <summary>No answer within <see cref="CacheOptions.OperationTimeout"/>, or no first connection within its own.</summary>
    TimedOut,

    /// <summary>Not asked, because it failed too often a moment ago.</summary>
    CircuitOpen,

    /// <summary>No connection.</summary>
    NotConnected,

    /// <summary>The server answered with an error: full, loading, wrong type.</summary>
    ServerError,

    /// <summary>The value is longer than <see cref="CacheOptions.MaxValueBytes"/>.</summary>
    TooLarge,

    /// <summary>Anything else, such as an answer that is no Redis protocol.</summary>
    Unexpected,
}
