using System.Collections.Concurrent;

namespace Phenaki.Trainer.Data;

/// <summary>Files by what can be drawn from them. Safe for many threads.</summary>
/// <param name="entries">At least one.</param>
internal sealed class Pools(IReadOnlyList<MediaEntry> entries)
{
    private readonly List<MediaEntry> _pictures = [.. entries.Where(entry => entry.Frames == 1)];
    private readonly List<MediaEntry> _videos = [.. entries.Where(entry => entry.Frames != 1)];
    private readonly ConcurrentDictionary<int, IReadOnlyList<MediaEntry>> _clips = new();
    private readonly ConcurrentDictionary<string, int> _frames = new(StringComparer.Ordinal);

    /// <summary>All files.</summary>
    public IReadOnlyList<MediaEntry> All => entries;

    /// <summary>What clips are drawn from: videos that are long enough, as far as is known without decoding them.</summary>
    public IReadOnlyList<MediaEntry> Clips(int frames) => _clips.GetOrAdd(frames, least => [.. _videos.Where(entry => entry.Frames is null || entry.Frames >= least)]);

    /// <summary>What stills are drawn from.</summary>
    /// <param name="pictures">True: pictures, where there are any; false: frames of videos, where there are any.</param>
    public IReadOnlyList<MediaEntry> Stills(bool pictures) => (pictures && _pictures.Count > 0) || _videos.Count == 0 ? _pictures : _videos;

    /// <summary>Whether a video was found to have fewer frames.</summary>
    public bool IsTooShort(MediaEntry entry, int frames) => _frames.TryGetValue(entry.Key, out int has) && has < frames;

    /// <summary>Remembers how many frames a short video has.</summary>
    public void AddTooShort(MediaEntry entry, int frames) => _frames[entry.Key] = frames;
}
