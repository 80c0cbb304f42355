using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// A story, and the work on it for as long as it is not complete. Wherever it is woken, it goes on; the task of the work is kept, and ended before
/// this is.
/// </summary>
internal sealed class StoryGrain : Grain, IStoryGrain, IRemindable, IDisposable
{
    private const string Waker = "wake";

    // Shorter than calls between orchestrators may take.
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);

    private readonly StoryBook _book;
    private readonly StoryWork _work;
    private readonly StoryMaker _maker;
    private readonly StoryJournal _journal;
    private readonly StoryCommandRules _rules;
    private readonly ApiKeyRing _keys;
    private readonly DurableStoryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private CancellationTokenSource _stop = new();
    private Task _making = Task.CompletedTask;
    private IGrainTimer? _renewal;

    public StoryGrain(
        [PersistentState("story", StorySiloBuilder.Storage)] IPersistentState<StoryRecord> record,
        StoryMaker maker,
        StoryJournal journal,
        StoryIndex index,
        ApiKeyRing keys,
        StoryCommandRules rules,
        IOptions<DurableStoryOptions> options,
        TimeProvider time,
        ILogger<StoryGrain> logger)
    {
        _book = new(this.GetPrimaryKeyString(), record, journal, index, options, time);
        _work = new(
            this.GetPrimaryKeyString(), _book, maker, journal, () => Gate.AskAsync(Ticket(Story)), options.Value.Retention, time, logger);
        _maker = maker;
        _journal = journal;
        _rules = rules;
        _keys = keys;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    private StoryRecord Story => _book.Story;

    private string Id => this.GetPrimaryKeyString();

    private IStoryGateGrain Gate => GrainFactory.GetGrain<IStoryGateGrain>(IStoryGateGrain.Key);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_book.Exists)
        {
            await _book.OpenAsync(cancellationToken);
            await DirectAsync(cancellationToken);
            if (!_book.IsFinal)
            {
                DurableStoryLog.Resumed(_logger, Id, _book.News.Now.Events);
                StartWork();
            }
        }
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => StopWorkAsync().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (!_book.Exists)
        {
            await UnregisterAsync();
            DeactivateOnIdle();
        }
        else if (_book.IsFinal)
        {
            await SettleAsync();
        }
        else if (_making.IsCompleted)
        {
            StartWork();
        }
    }

    /// <inheritdoc/>
    public async Task<StoryCreation> CreateAsync(StoryDraft draft)
    {
        if (_book.Exists)
        {
            return Story.Owner == draft.Owner && Story.BodyHash == draft.BodyHash
                ? new(StoryCreationOutcome.Taken, _book.Describe())
                : new(StoryCreationOutcome.OtherBody, null);
        }

        var story = draft.ToRecord(_time.GetUtcNow());
        if (!await Gate.EnterAsync(Ticket(story)))
        {
            DeactivateOnIdle();
            return new(StoryCreationOutcome.NoRoom, null);
        }

        // The waker first: without a record it does nothing, whereas a record without it would be forgotten by a process that ends now.
        await this.RegisterOrUpdateReminder(Waker, _options.ReminderPeriod, _options.ReminderPeriod);
        try
        {
            await _book.CreateAsync(story, draft.Opening);
            await DirectAsync(CancellationToken.None);
        }
        catch
        {
            // What is in memory may not be what is kept.
            DeactivateOnIdle();
            throw;
        }

        StartWork();
        return new(StoryCreationOutcome.Taken, _book.Describe());
    }

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(string owner, bool withOpening)
    {
        var opening = withOpening && IsOf(owner) ? await _book.OpeningAsync(_rules.MaxOpeningFrames) : null;
        return IsOf(owner) ? _book.Describe(opening) : null;
    }

    /// <inheritdoc/>
    public async Task<StorySteering?> SteerAsync(string owner, byte[] command)
    {
        if (!IsOf(owner))
        {
            return null;
        }

        try
        {
            var director = _book.Director ?? throw StoryCommandRules.NotDirected(Id);
            var answer = await director.GiveAsync(
                StoryCommand.Parser.ParseFrom(command), _book.IsFinal || Story.IsCancelRequested, () => _maker.PlannerAsync(Story.Models));
            return new(answer.ToByteArray(), _book.Describe(), null);
        }
        catch (Exception failure) when (_maker.Translate(failure)?.GetRpcStatus() is { } refusal)
        {
            return new(null, null, refusal.ToByteArray());
        }
        catch
        {
            // What is in memory may not be what is kept.
            DeactivateOnIdle();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<StoryTidings?> WaitAsync(string owner, long events, long version)
    {
        if (!IsOf(owner))
        {
            return null;
        }

        using var late = new CancellationTokenSource(LongPoll, _time);
        var tidings = await _book.News.WaitAsync(events, version, late.Token);
        return IsOf(owner) ? tidings : null;
    }

    /// <inheritdoc/>
    public async Task<byte[]?> CancelAsync(string owner)
    {
        if (!IsOf(owner))
        {
            return null;
        }

        if (!_book.IsFinal)
        {
            // Written down first: whoever wakes it from now on stops it.
            Story.IsCancelRequested = true;
            await _book.WriteAsync();
            await StopWorkAsync();
            if (!_book.IsFinal)
            {
                await EndAsync(new() { State = StoryState.Cancelled });
            }
        }

        return _book.Describe();
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string owner)
    {
        if (!IsOf(owner))
        {
            return false;
        }

        await StopWorkAsync();
        await _book.DeleteAsync();
        await Gate.LeaveAsync(Id);
        await UnregisterAsync();
        DeactivateOnIdle();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _book.Dispose();
    }

    private Task DirectAsync(CancellationToken cancellationToken) => Story.IsDirected
        ? _book.DirectAsync(
            new(Id, GenerateStoryRequest.Parser.ParseFrom(Story.Request), Story.OpeningFrames, _book.Pen, _journal, _book.News, _rules, _time), cancellationToken)
        : Task.CompletedTask;

    private bool IsOf(string owner)
    {
        if (_book.Exists)
        {
            return Story.Owner == owner;
        }

        DeactivateOnIdle();
        return false;
    }

    private StoryTicket Ticket(StoryRecord story) => new(
        Id,
        story.Owner,
        GenerateStoryRequest.Parser.ParseFrom(story.Request).Priority == Common.V1.Priority.Batch,
        story.Created,
        Math.Min(_options.MaxRunningPerKey, _keys.ConcurrentStories(story.Owner) ?? int.MaxValue));

    private void StartWork()
    {
        var period = _options.PlaceTimeout / 4;
        _renewal ??= this.RegisterGrainTimer(
            _ => RenewAsync(), new GrainTimerCreationOptions { DueTime = period, Period = period, Interleave = true, KeepAlive = true });
        _stop.Dispose();
        _stop = new();
        _making = WorkAsync(_stop.Token);
    }

    private async Task StopWorkAsync()
    {
        StopRenewal();
        await _stop.CancelAsync();
        await _making;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await this.RegisterOrUpdateReminder(Waker, _options.ReminderPeriod, _options.ReminderPeriod, cancellationToken);
            await EndAsync(Story.IsCancelRequested ? new() { State = StoryState.Cancelled } : await _work.MakeAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever stopped it knows what comes next.
        }
        catch (Exception failure)
        {
            DurableStoryLog.LaidAside(_logger, Id, failure.Message);
            DeactivateOnIdle();
        }
    }

    /// <summary>Keeps the place, and what is kept from expiring while the story goes on.</summary>
    private async Task RenewAsync()
    {
        try
        {
            if (_book.Exists && !_book.IsFinal)
            {
                await Gate.AskAsync(Ticket(Story));
                if (_book.IsOld)
                {
                    await _book.WriteAsync();
                }
            }
        }
        catch (Exception failure)
        {
            DurableStoryLog.Waiting(_logger, Id, failure.Message);
        }
    }

    private async Task EndAsync(StoryStateChanged end)
    {
        await _book.EndAsync(end);
        DurableStoryLog.Ended(_logger, Id, Story.State.ToString());
        await SettleAsync();
    }

    /// <summary>What is left to do once the record says that the story has ended; done again by whoever finds it undone.</summary>
    private async Task SettleAsync()
    {
        StopRenewal();
        await _book.IndexAsync();
        await _book.ExpireAsync();
        await Gate.LeaveAsync(Id);
        await UnregisterAsync();
    }

    private void StopRenewal()
    {
        _renewal?.Dispose();
        _renewal = null;
    }

    private async Task UnregisterAsync()
    {
        if (await this.GetReminder(Waker) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }
}
