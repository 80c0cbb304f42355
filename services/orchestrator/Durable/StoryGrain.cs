using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// A story: its record, and the work on it for as long as it is not complete. Wherever it is woken, it goes on; the task of the work is kept, and
/// ended before this is.
/// </summary>
internal sealed class StoryGrain(
    [PersistentState("story", StorySiloBuilder.Storage)] IPersistentState<StoryRecord> record,
    StoryMaker maker,
    StoryJournal journal,
    StoryIndex index,
    ApiKeyRing keys,
    IOptions<DurableStoryOptions> options,
    TimeProvider time,
    ILogger<StoryGrain> logger) : Grain, IStoryGrain, IRemindable, IDisposable
{
    private const string Waker = "wake";
    private const int Conflicts = 5;

    // Shorter than calls between orchestrators may take.
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private StoryNews _news = new();
    private CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private IGrainTimer? _renewal;

    private StoryRecord Story => record.State;

    private string Id => this.GetPrimaryKeyString();

    private bool Exists => Story.Version > 0 && Story.Expires > time.GetUtcNow();

    private IStoryGateGrain Gate => GrainFactory.GetGrain<IStoryGateGrain>(IStoryGateGrain.Key);

    private StoryEntry Entry => new(Story.Owner, Story.Created, Id);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!Exists)
        {
            return;
        }

        _news.Begin(Story.State, Story.Events, Story.FramesMade, Story.Scene);
        if (!Story.State.IsFinal())
        {
            await CatchUpAsync(cancellationToken);
            DurableStoryLog.Resumed(logger, Id, _news.Now.Events);
            StartWork();
        }
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => StopWorkAsync().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (!Exists)
        {
            await UnregisterAsync();
            DeactivateOnIdle();
        }
        else if (Story.State.IsFinal())
        {
            await SettleAsync();
        }
        else if (_work.IsCompleted)
        {
            StartWork();
        }
    }

    /// <inheritdoc/>
    public async Task<StoryCreation> CreateAsync(StoryDraft draft)
    {
        if (Exists)
        {
            return Story.Owner == draft.Owner && Story.BodyHash == draft.BodyHash
                ? new(StoryCreationOutcome.Taken, Describe())
                : new(StoryCreationOutcome.OtherBody, null);
        }

        var now = time.GetUtcNow();
        var story = new StoryRecord
        {
            Version = StoryRecord.CurrentVersion,
            Owner = draft.Owner,
            BodyHash = draft.BodyHash,
            Request = draft.Request,
            Seed = draft.Seed,
            Frames = draft.Frames,
            State = StoryState.Queued,
            Created = now,
        };
        if (!await Gate.EnterAsync(Ticket(story)))
        {
            DeactivateOnIdle();
            return new(StoryCreationOutcome.NoRoom, null);
        }

        // The waker first: without a record it does nothing, whereas a record without it would be forgotten by a process that ends now.
        await this.RegisterOrUpdateReminder(Waker, options.Value.ReminderPeriod, options.Value.ReminderPeriod);
        await journal.DeleteAsync(Id, CancellationToken.None);
        await journal.BeginAsync(Id, draft.Opening, options.Value.Retention, CancellationToken.None);
        record.State = story;
        _news = new();
        try
        {
            await WriteAsync();
        }
        catch
        {
            // What is in memory is not what is kept.
            DeactivateOnIdle();
            throw;
        }

        await index.PutAsync(Entry, Story.State, options.Value.Retention, CancellationToken.None);
        StartWork();
        return new(StoryCreationOutcome.Taken, Describe());
    }

    /// <inheritdoc/>
    public Task<byte[]?> GetAsync(string owner) => Task.FromResult(IsOf(owner) ? Describe() : null);

    /// <inheritdoc/>
    public async Task<StoryTidings?> WaitAsync(string owner, long events, long version)
    {
        if (!IsOf(owner))
        {
            return null;
        }

        using var late = new CancellationTokenSource(LongPoll, time);
        var tidings = await _news.WaitAsync(events, version, late.Token);
        return IsOf(owner) ? tidings : null;
    }

    /// <inheritdoc/>
    public async Task<byte[]?> CancelAsync(string owner)
    {
        if (!IsOf(owner))
        {
            return null;
        }

        if (!Story.State.IsFinal())
        {
            // Written down first: whoever wakes it from now on stops it.
            Story.IsCancelRequested = true;
            await WriteAsync();
            await StopWorkAsync();
            if (!Story.State.IsFinal())
            {
                await EndAsync(new() { State = StoryState.Cancelled });
            }
        }

        return Describe();
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string owner)
    {
        if (!IsOf(owner))
        {
            return false;
        }

        await StopWorkAsync();
        var entry = Entry;
        await record.ClearStateAsync();
        record.State = new();
        _news.Enter(StoryState.Cancelled);
        await journal.DeleteAsync(Id, CancellationToken.None);
        await index.RemoveAsync(entry, CancellationToken.None);
        await Gate.LeaveAsync(Id);
        await UnregisterAsync();
        DeactivateOnIdle();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _writing.Dispose();
    }

    private bool IsOf(string owner)
    {
        if (Exists)
        {
            return Story.Owner == owner;
        }

        DeactivateOnIdle();
        return false;
    }

    private byte[] Describe() => DurableWire.Story(Id, Story, _news).ToByteArray();

    private StoryTicket Ticket(StoryRecord story) => new(
        Id,
        story.Owner,
        GenerateStoryRequest.Parser.ParseFrom(story.Request).Priority == Common.V1.Priority.Batch,
        story.Created,
        Math.Min(options.Value.MaxRunningPerKey, keys.ConcurrentStories(story.Owner) ?? int.MaxValue));

    /// <summary>Finds in the journal how far the story is; frames and scene of a record are of the time when it was written.</summary>
    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (await journal.LastNumberAsync(Id, cancellationToken) is > 0 and var last)
        {
            // Among any three events there is a frame, but at the very beginning.
            foreach (var item in await journal.ReadAsync(Id, Math.Max(1, last - 2), 3, cancellationToken))
            {
                _news.Happened(item);
            }
        }
    }

    private void StartWork()
    {
        var period = options.Value.PlaceTimeout / 4;
        _renewal ??= this.RegisterGrainTimer(
            _ => RenewAsync(), new GrainTimerCreationOptions { DueTime = period, Period = period, Interleave = true, KeepAlive = true });
        _stop.Dispose();
        _stop = new();
        _work = WorkAsync(_stop.Token);
    }

    private async Task StopWorkAsync()
    {
        _renewal?.Dispose();
        _renewal = null;
        await _stop.CancelAsync();
        await _work;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await this.RegisterOrUpdateReminder(Waker, options.Value.ReminderPeriod, options.Value.ReminderPeriod, cancellationToken);
            await EndAsync(Story.IsCancelRequested ? new() { State = StoryState.Cancelled } : await MakeAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever stopped it knows what comes next.
        }
        catch (Exception failure)
        {
            DurableStoryLog.LaidAside(logger, Id, failure.Message);
            DeactivateOnIdle();
        }
    }

    private async Task<StoryStateChanged> MakeAsync(CancellationToken cancellationToken)
    {
        if (await EndInJournalAsync() is { } before)
        {
            return before;
        }

        await TakePlaceAsync(cancellationToken);
        if (Story.Models is null)
        {
            try
            {
                Story.Models = await maker.FingerprintAsync(cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                return new() { State = StoryState.Failed, Error = maker.Explain(Id, failure) };
            }

            await WriteAsync();
        }

        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                return await MakeOnceAsync(cancellationToken);
            }
            catch (JournalConflictException) when (conflicts < Conflicts)
            {
                if (await journal.LastNumberAsync(Id, cancellationToken) is null)
                {
                    await journal.BeginAsync(Id, [], options.Value.Retention, cancellationToken);
                    return new()
                    {
                        State = StoryState.Failed,
                        Error = new() { Code = (int)StatusCode.DataLoss, Message = "The events of the story are gone; look after the Redis that keeps them." },
                    };
                }

                // A process that was taken for dead still works on it; it will notice soon.
                await Task.Delay(FirstWait * (conflicts + 1), time, cancellationToken);
            }
        }
    }

    private async Task<StoryStateChanged> MakeOnceAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var assignment = new StoryAssignment(Id, GenerateStoryRequest.Parser.ParseFrom(Story.Request), Story.Seed, Story.Models!, _news);

        // Not here but beside this, since a story's other work, such as telling how it is, must not wait for it.
        var making = Task.Run(() => maker.MakeAsync(assignment, stop.Token), stop.Token);
        try
        {
            await Task.WhenAny(making, _news.Begun);
            if (_news.Begun.IsCompleted && Story.State == StoryState.Queued)
            {
                Story.State = StoryState.Running;
                Story.Started = time.GetUtcNow();
                _news.Enter(StoryState.Running);
                await WriteAsync();
                await index.PutAsync(Entry, Story.State, options.Value.Retention, cancellationToken);
            }

            return await making;
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task TakePlaceAsync(CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; ; wait = wait < LongestWait ? wait * 2 : wait)
        {
            try
            {
                if (await Gate.AskAsync(Ticket(Story)).WaitAsync(cancellationToken))
                {
                    return;
                }
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                DurableStoryLog.Waiting(logger, Id, failure.Message);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    /// <summary>Keeps the place, and what is kept from expiring while the story goes on.</summary>
    private async Task RenewAsync()
    {
        try
        {
            if (Exists && !Story.State.IsFinal())
            {
                await Gate.AskAsync(Ticket(Story));
                if (Story.Expires - time.GetUtcNow() < options.Value.Retention * 0.75)
                {
                    await WriteAsync();
                }
            }
        }
        catch (Exception failure)
        {
            DurableStoryLog.Waiting(logger, Id, failure.Message);
        }
    }

    private async Task EndAsync(StoryStateChanged end)
    {
        var before = await EndInJournalAsync();
        end = before ?? end;

        // Known here before the last event is there to be read: who has read it and then asks for the story must not hear of an earlier state.
        Story.State = end.State;
        Story.Ended = time.GetUtcNow();
        Story.Started ??= end.State == StoryState.Succeeded ? Story.Ended : null;
        Story.ErrorCode = end.Error?.Code ?? 0;
        Story.ErrorMessage = end.Error?.Message;
        await index.PutAsync(Entry, Story.State, options.Value.Retention, CancellationToken.None);
        var last = await journal.LastNumberAsync(Id, CancellationToken.None) ?? 0;
        if (before is null)
        {
            var item = new WatchStoryResponse { Number = (ulong)(last + 1), StateChanged = end };
            await journal.AppendAsync(Id, item, options.Value.Retention, CancellationToken.None);
            _news.Happened(item);
        }

        await WriteAsync();
        _news.Enter(end.State);
        DurableStoryLog.Ended(logger, Id, end.State.ToString());
        await SettleAsync();
    }

    /// <summary>What is left to do once the record says that the story has ended; done again by whoever finds it undone.</summary>
    private async Task SettleAsync()
    {
        _renewal?.Dispose();
        _renewal = null;
        await index.PutAsync(Entry, Story.State, options.Value.Retention, CancellationToken.None);
        await journal.ExpireAsync(Id, Story.Expires, CancellationToken.None);
        await Gate.LeaveAsync(Id);
        await UnregisterAsync();
    }

    private async Task<StoryStateChanged?> EndInJournalAsync() =>
        await journal.LastNumberAsync(Id, CancellationToken.None) is > 0 and var last
            ? (await journal.ReadAsync(Id, last, 1, CancellationToken.None)).SingleOrDefault()?.StateChanged
            : null;

    private async Task WriteAsync()
    {
        await _writing.WaitAsync();
        try
        {
            Story.Expires = time.GetUtcNow() + options.Value.Retention;
            (Story.Events, Story.FramesMade, Story.Scene) = (_news.Now.Events, _news.FramesMade, _news.Scene);
            await record.WriteStateAsync();
            await journal.ExpireAsync(Id, Story.Expires, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task UnregisterAsync()
    {
        if (await this.GetReminder(Waker) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }
}
