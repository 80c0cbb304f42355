using System.Globalization;

namespace Phenaki.Orchestrator.Durable;

/// <summary>A story in the index of its owner.</summary>
/// <param name="Owner">Id of the API key; empty where there are none.</param>
/// <param name="Created">When it was asked for.</param>
/// <param name="Id">Its id.</param>
internal sealed record StoryEntry(string Owner, DateTimeOffset Created, string Id)
{
    private const int TimeDigits = 16;

    /// <summary>How it stands in the index: such that the order of texts is the order of creation.</summary>
    public string Member => string.Create(CultureInfo.InvariantCulture, $"{Created.UtcTicks:x16}{Id}");

    /// <summary>Tells a client where a page ends.</summary>
    public string ToPageToken() => Member;

    /// <summary>Reads what <see cref="Member"/> has written.</summary>
    public static StoryEntry Parse(string owner, string member) => FromPageToken(owner, member)
        ?? throw new FormatException($"'{member}' is no entry of the index of stories.");

    /// <summary>Reads what <see cref="ToPageToken"/> has written; null for anything else.</summary>
    public static StoryEntry? FromPageToken(string owner, string token) =>
        token.Length > TimeDigits
        && long.TryParse(token.AsSpan(0, TimeDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks)
        && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        && StoryId.IsId(token[TimeDigits..])
            ? new(owner, new DateTimeOffset(ticks, TimeSpan.Zero), token[TimeDigits..])
            : null;
}
