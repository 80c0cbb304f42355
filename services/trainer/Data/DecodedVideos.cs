namespace Phenaki.Trainer.Data;

/// <summary>Keeps decoded videos up to a number of bytes; the oldest go first. Safe for many threads.</summary>
/// <param name="limit">Bytes, at least 0.</param>
internal sealed class DecodedVideos(long limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<byte[]>> _videos = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private long _bytes;

    /// <summary>The frames of a video, or null.</summary>
    public IReadOnlyList<byte[]>? Find(string key)
    {
        lock (_lock)
        {
            return _videos.GetValueOrDefault(key);
        }
    }

    /// <summary>Keeps a video, if it is not larger than all that may be kept.</summary>
    public void Add(string key, IReadOnlyList<byte[]> frames)
    {
        long size = frames.Sum(frame => (long)frame.Length);
        lock (_lock)
        {
            if (size > limit || !_videos.TryAdd(key, frames))
            {
                return;
            }

            _order.Enqueue(key);
            _bytes += size;
            while (_bytes > limit && _videos.Remove(_order.Dequeue(), out var old))
            {
                _bytes -= old.Sum(frame => (long)frame.Length);
            }
        }
    }
}
