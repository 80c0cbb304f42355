namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>One key in the file of keys: its hash and what it allows. The key itself is nowhere but with its owner.</summary>
public sealed record ApiKeyEntry
{
    /// <summary>Names the key in logs and traces and is a part of it: 1 to 64 of a-z, 0-9 and -.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is, for people; up to 200 characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// SHA-256 of the whole key in UTF-8: 64 hexadecimal digits. A slow hash would protect guessable passwords; a key holds 256 random bits.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>True for a key that is taken back.</summary>
    public bool Revoked { get; init; }

    /// <summary>When the key ends; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Calls per minute in the long run: 1 to 1,000,000; null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Calls that may come at once after a rest: 1 to 1,000,000; null for as many as <see cref="RequestsPerMinute"/>.</summary>
    public int? Burst { get; init; }

    /// <summary>Stories made at the same time: 1 to 10,000; null for no limit but the service's own.</summary>
    public int? ConcurrentStories { get; init; }
}
