using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Phenaki.Orchestrator.Stories;

/// <summary>
/// Between making a story and sending it: lets the making run ahead of a slow client by a bounded number of frames. Other events are not
/// counted, since every clip has a frame and at most <see cref="MaxEventsPerFrame"/> of them: they bound themselves.
/// </summary>
internal sealed class StoryEventBuffer : IDisposable
{
    /// <summary>Most events of a clip besides its frames: its steps, and the start and end of its scene.</summary>
    private const int MaxEventsPerFrame = ClipSampling.MaxStepsOfAllStages + 2;

    private readonly Channel<StoryEvent> _events;
    private readonly SemaphoreSlim _room;

    /// <summary>Creates a buffer.</summary>
    /// <param name="frames">Most frames held, the one being sent included; at least 1.</param>
    public StoryEventBuffer(int frames)
    {
        _room = new(frames, frames);
        _events = Channel.CreateBounded<StoryEvent>(
            new BoundedChannelOptions(((frames + 1) * (MaxEventsPerFrame + 1)) + 2) { SingleReader = true });
    }

    /// <summary>Adds an event; a frame waits until there is room.</summary>
    public async ValueTask WriteAsync(StoryEvent item, CancellationToken cancellationToken)
    {
        if (item is StoryEvent.Frame)
        {
            await _room.WaitAsync(cancellationToken);
        }

        await _events.Writer.WriteAsync(item, cancellationToken);
    }

    /// <summary>Adds news of the sampling; dropped once the story is over, as when another story waits for the same clip and this one has left.</summary>
    public void Report(StoryEvent.Progress progress) => _events.Writer.TryWrite(progress);

    /// <summary>No more events come.</summary>
    /// <param name="error">Why, when it is not the end of the story; the reader gets it after the events before.</param>
    public void Complete(Exception? error) => _events.Writer.TryComplete(error);

    /// <summary>The events in order. A frame counts as held until the one after it is asked for.</summary>
    public async IAsyncEnumerable<StoryEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in _events.Reader.ReadAllAsync(cancellationToken))
        {
            yield return item;
            if (item is StoryEvent.Frame)
            {
                _room.Release();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
