using System.Collections.Concurrent;

namespace Phenaki.Trainer.Data;

/// <summary>Files by what can be drawn from them. Safe for many threads.</summary>
/// <param name="entries">At least one.</param>
internal sealed class Pools(IReadOnlyList<MediaEntry> entries)
{
    private readonly List<MediaEntry> _pictures = [.. entries.Where(entry => entry.Frames == 1)];
    private readonly ConcurrentDictionary<string, int> _frames = new(StringComparer.Ordinal);

    /// <summary>All files.</summary>
    public IReadOnlyList<MediaEntry> All => entries;

    /// <summary>All that may be videos.</summary>
    public IReadOnlyList<MediaEntry> Videos { get; } = [.. entries.Where(entry => entry.Frames != 1)];

    /// <summary>What stills are drawn from.</summary>
    /// <param name="pictures">True: pictures, where there are any; false: frames of videos, where there are any.</param>
    public IReadOnlyList<MediaEntry> Stills(bool pictures) => (pictures && _pictures.Count > 0) || Videos.Count == 0 ? _pictures : Videos;

    /// <summary>Whether a video was found to have fewer frames.</summary>
    public bool IsTooShort(MediaEntry entry, int frames) => _frames.TryGetValue(entry.Key, out int has) && has < frames;

    /// <summary>Remembers how many frames a short video has.</summary>
    public void AddTooShort(MediaEntry entry, int frames) => _frames[entry.Key] = frames;
}
