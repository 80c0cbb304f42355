namespace Phenaki.Orchestrator.Stories;

/// <summary>The last frames shown: all that a story of any length has to remember.</summary>
/// <param name="capacity">Frames kept, at least 1.</param>
internal sealed class RecentFrames(int capacity)
{
    private readonly Queue<ReadOnlyMemory<byte>> _frames = new(capacity);

    /// <summary>Adds the next frame, and forgets the oldest.</summary>
    public void Add(ReadOnlyMemory<byte> frame)
    {
        if (_frames.Count == capacity)
        {
            _frames.Dequeue();
        }

        _frames.Enqueue(frame);
    }

    /// <summary>The last <paramref name="count"/> frames, oldest first.</summary>
    public ReadOnlyMemory<byte>[] Last(int count) => [.. _frames.Skip(_frames.Count - count)];
}
