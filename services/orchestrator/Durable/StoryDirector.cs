using Google.Protobuf.WellKnownTypes;
using Phenaki.Orchestrator.Stories;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// Directs one story while it is made in this process: takes its commands, and tells the story loop at each clip border how the story goes on. A command
/// is in the journal before it is answered, and before the loop hears of it.
/// </summary>
/// <param name="id">The story.</param>
/// <param name="request">Its request, without opening frames.</param>
/// <param name="openingFrames">Opening frames that it was given.</param>
/// <param name="pen">Writes commands.</param>
/// <param name="journal">Has those that were given before.</param>
/// <param name="news">Is told of commands, and of waiting.</param>
/// <param name="rules">What commands are allowed.</param>
/// <param name="time">The clock.</param>
internal sealed class StoryDirector(
    string id, GenerateStoryRequest request, int openingFrames, StoryPen pen, StoryJournal journal, StoryNews news, StoryCommandRules rules, TimeProvider time)
    : IStoryScript, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, StoryDirected> _named = [];
    private volatile StoryTimeline _timeline = new([.. request.Scenes]);
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StoryPlanner? _planner;
    private volatile int _commands;
    private long _bytes;
    private bool _isOver;
    private bool _isUnknown;

    // Frames of the clips that were handed out, since the story was begun or taken up, and the end of the clip of which frames were made before.
    private uint _made;
    private uint _madeBefore;
    private int _clip;

    /// <summary>The story as it is now.</summary>
    public StoryTimeline Timeline => _timeline;

    /// <summary>Commands that were given.</summary>
    public int Commands => _commands;

    /// <inheritdoc/>
    public IReadOnlyList<StoryScene> Scenes => [.. _timeline.Scenes.Select(ToScene)];

    /// <inheritdoc/>
    public bool CanChange => true;

    private uint Border => Math.Max(_made, _madeBefore);

    /// <summary>Reads the commands that were given before.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The story is made from its begin, over what is in the journal.</summary>
    /// <param name="planner">Cuts it into clips.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Events in the journal that come of the making.</returns>
    /// <exception cref="JournalConflictException">There is no journal.</exception>
    public async Task<long> BeginAsync(StoryPlanner planner, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await BeginInTurnAsync(planner, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ScriptedClip?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            await _turn.WaitAsync(cancellationToken);
            try
            {
                ThrowIfUnknown();
                if (Next() is { } next)
                {
                    news.Wait(null);
                    return next;
                }

                if (_timeline.IsEnding && _made >= _timeline.Frames)
                {
                    _isOver = true;
                    news.Wait(null);
                    return null;
                }

                change = _change.Task;
                news.Wait(
                    new() { IsPaused = _timeline.PausedFrom is not null, UntilTime = Timestamp.FromDateTimeOffset(time.GetUtcNow() + rules.MaxWait) }, _made);
            }
            finally
            {
                _turn.Release();
            }

            try
            {
                await change.WaitAsync(rules.MaxWait, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                await StopAsync(change, cancellationToken);
            }
        }
    }

    /// <summary>Takes a command.</summary>
    /// <param name="command">The command, with a name.</param>
    /// <param name="hasEnded">True where the story has ended: then only what was answered before is answered.</param>
    /// <param name="plannerAsync">Finds out how the story is cut into clips, where its making has not begun in this process.</param>
    /// <exception cref="Grpc.Core.RpcException">It is refused.</exception>
    /// <exception cref="JournalConflictException">The story is made elsewhere, too.</exception>
    public async Task<StoryCommandAnswer> GiveAsync(StoryCommand command, bool hasEnded, Func<Task<StoryPlanner>> plannerAsync)
    {
        // Journal and timeline must not part where a caller loses patience: nothing here is cancelled.
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            ThrowIfUnknown();
            if (_named.TryGetValue(command.CommandId, out var before))
            {
                return rules.IsSame(command, before.Command, request.Style) ? Answer(before) : throw StoryCommandRules.OtherCommand(command);
            }

            rules.Check(command, request.Style).ThrowIfAny();
            if (hasEnded || _isOver)
            {
                throw StoryCommandRules.HasEnded(id);
            }

            if (_planner is null)
            {
                await BeginInTurnAsync(await plannerAsync(), CancellationToken.None);
            }

            var whole = rules.Complete(command);
            var item = new StoryDirected { Command = whole, FromFrame = StoryCommandRules.FromFrame(whole, _timeline, Border, FirstClip) };
            rules.CheckSize(_timeline.After(item), request.Style, _commands, _bytes + whole.CalculateSize());
            await WriteAsync(item, CancellationToken.None);
            return Answer(item);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static StoryCommandAnswer Answer(StoryDirected item) =>
        new() { CommandId = item.Command.CommandId, FromFrame = item.FromFrame, Frames = item.Frames };

    private uint FirstClip() => (uint)_planner!.Next(0, 0, 0, (int)_timeline.Scenes[0].Frames, OpeningFrames(_planner)).NewFrames;

    private int OpeningFrames(StoryPlanner planner) => planner.PrefixFrames(openingFrames);

    private StoryScene ToScene(Scene scene) => StoryValidator.ToScene(scene, request.Style);

    /// <summary>The next clip; null where there is none now. What was made before is made again, whatever is paused since.</summary>
    private ScriptedClip? Next()
    {
        var (scene, offset) = _timeline.At(_made);
        if (scene == _timeline.Scenes.Count || _made >= _timeline.PausedFrom)
        {
            return null;
        }

        _clip = offset == 0 ? 0 : _clip + 1;
        var planned = _timeline.Scenes[scene];
        var clip = _planner!.Next(scene, _clip, (int)_made, (int)(planned.Frames - offset), OpeningFrames(_planner));
        _made += (uint)clip.NewFrames;
        return new(clip, ToScene(planned));
    }

    private async Task<long> BeginInTurnAsync(StoryPlanner planner, CancellationToken cancellationToken)
    {
        var last = await pen.OpenAsync(cancellationToken);
        var directions = await ReadAsync(cancellationToken);
        var frame = (await journal.ReadFromLastFrameAsync(id, last, cancellationToken)).LastOrDefault(item => item.Frame is not null)?.Frame.Frame.Index;
        _planner = planner;
        (_made, _clip, _isOver) = (0, 0, false);
        _madeBefore = frame is { } index
            ? (uint)planner.Plan(_timeline.Scenes.Select(scene => (int)scene.Frames), OpeningFrames(planner))
                .Select(clip => clip.FirstFrame + clip.NewFrames).FirstOrDefault(end => end > index, (int)index + 1)
            : 0;
        return last - directions.Count(item => (long)item.Number <= last);
    }

    private async Task<IReadOnlyList<WatchStoryResponse>> ReadAsync(CancellationToken cancellationToken)
    {
        var directions = await journal.ReadDirectionsAsync(id, cancellationToken);
        _named.Clear();
        (_commands, _bytes, _isUnknown) = (0, 0, false);
        var timeline = new StoryTimeline([.. request.Scenes]);
        foreach (var item in directions)
        {
            timeline = timeline.After(item.Directed);
            Remember(item.Directed);
        }

        _timeline = timeline;
        return directions;
    }

    private async Task WriteAsync(StoryDirected item, CancellationToken cancellationToken)
    {
        var after = _timeline.After(item);
        item.Frames = after.Frames;
        WatchStoryResponse written;
        try
        {
            written = await pen.WriteAsync(number => new() { Number = number, Directed = item }, cancellationToken);
        }
        catch
        {
            // It may be in the journal all the same.
            _isUnknown = true;
            throw;
        }

        _timeline = after;
        Remember(item);
        news.Happened(written);
        var change = _change;
        _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
        change.SetResult();
    }

    private void Remember(StoryDirected item)
    {
        if (item.Command.CommandId.Length > 0)
        {
            _named[item.Command.CommandId] = item;
        }

        _bytes += item.Command.CalculateSize();
        _commands++;
    }

    /// <summary>No command has come: the story ends with what it has.</summary>
    private async Task StopAsync(Task change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!change.IsCompleted)
            {
                ThrowIfUnknown();
                await WriteAsync(new() { Command = new() { Stop = new() }, FromFrame = Math.Max(Border, FirstClip()), IsServiceMade = true }, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private void ThrowIfUnknown()
    {
        if (_isUnknown)
        {
            throw new JournalConflictException(id, 0);
        }
    }
}
