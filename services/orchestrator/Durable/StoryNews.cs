using Google.Protobuf;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>How far a story is: written by whoever makes it, waited for by those who watch it. Only the last of what is told live is kept.</summary>
internal sealed class StoryNews
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StoryTidings _now = new(0, 0, StoryState.Queued, null);
    private uint _frames;
    private uint _scene;
    private byte[]? _waiting;
    private uint _waitsBefore;

    /// <summary>Ends when the first clip is begun.</summary>
    public Task Begun => _begun.Task;

    /// <summary>How far the story is.</summary>
    public StoryTidings Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    /// <summary>Frames made.</summary>
    public uint FramesMade
    {
        get
        {
            lock (_gate)
            {
                return _frames;
            }
        }
    }

    /// <summary>Scene in work.</summary>
    public uint Scene
    {
        get
        {
            lock (_gate)
            {
                return _scene;
            }
        }
    }

    /// <summary>Begins with what is known of a story.</summary>
    public void Begin(StoryState state, long events, uint frames, uint scene) => Change(now =>
    {
        (_frames, _scene) = (frames, scene);
        return now with { State = state, Events = events };
    });

    /// <summary>The story is in another state.</summary>
    public void Enter(StoryState state) => Change(now => now with { State = state });

    /// <summary>A step of the sampling is done.</summary>
    public void Progress(SamplingProgress progress)
    {
        _begun.TrySetResult();
        Change(now => now with { Progress = progress.ToByteArray() });
    }

    /// <summary>The story waits for a command, or does no longer.</summary>
    /// <param name="waiting">For what; null where it does no longer.</param>
    /// <param name="frame">Frame before which it waits: those before it may be on their way yet, and watchers hear of them first.</param>
    public void Wait(StoryWaiting? waiting, uint frame = 0)
    {
        var bytes = waiting?.ToByteArray();
        Change(now =>
        {
            (_waiting, _waitsBefore) = (bytes, frame);
            return now with { Waiting = Waiting() };
        });
    }

    /// <summary>An event is in the journal, now or since before.</summary>
    public void Happened(WatchStoryResponse item)
    {
        if (item.Frame is not null)
        {
            _begun.TrySetResult();
        }

        Change(now =>
        {
            // A story that is made again up to where it was has lost nothing meanwhile.
            if ((long)item.Number >= now.Events)
            {
                _scene = item.SceneStarted?.Scene ?? _scene;
                _frames = item.Frame is { } frame ? frame.Frame.Index + 1 : _frames;
            }

            // After a command it is open anew whether the story waits.
            _waiting = item.Directed is null ? _waiting : null;
            return now with { Events = Math.Max(now.Events, (long)item.Number), Progress = null, Waiting = Waiting() };
        });
    }

    /// <summary>Waits for something that a watcher does not know; ends early with the token, and then tells how it is all the same.</summary>
    public async Task<StoryTidings> WaitAsync(long events, long version, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_now.Events > events || _now.Version != version || _now.IsFinal || cancellationToken.IsCancellationRequested)
                {
                    return _now;
                }

                change = _change.Task;
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private byte[]? Waiting() => _frames >= _waitsBefore ? _waiting : null;

    private void Change(Func<StoryTidings, StoryTidings> change)
    {
        TaskCompletionSource before;
        lock (_gate)
        {
            _now = change(_now) with { Version = _now.Version + 1 };
            before = _change;
            _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        before.SetResult();
    }
}
