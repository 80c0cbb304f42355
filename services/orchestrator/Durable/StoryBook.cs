using Google.Protobuf;
using Microsoft.Extensions.Options;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>What is known of one story: its record, its events and its place in the index, kept such that whoever reads one of them after another finds them agreeing.</summary>
/// <param name="id">The story.</param>
/// <param name="record">Its record.</param>
/// <param name="journal">Has its events.</param>
/// <param name="index">Names it to its owner.</param>
/// <param name="options">Settings.</param>
/// <param name="time">The clock.</param>
internal sealed class StoryBook(
    string id, IPersistentState<StoryRecord> record, StoryJournal journal, StoryIndex index, IOptions<DurableStoryOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Writes its events.</summary>
    public StoryPen Pen { get; } = new(id, journal, options.Value.Retention);

    /// <summary>Has the commands of a story that takes some; null where it takes none.</summary>
    public StoryDirector? Director { get; private set; }

    /// <summary>The record.</summary>
    public StoryRecord Story => record.State;

    /// <summary>How far the story is.</summary>
    public StoryNews News { get; private set; } = new();

    /// <summary>True where there is a story.</summary>
    public bool Exists => Story.Version > 0 && Story.Expires > time.GetUtcNow();

    /// <summary>True where there is a story that has ended.</summary>
    public bool IsFinal => Story.State.IsFinal();

    /// <summary>True when the record would expire soon, though the story goes on.</summary>
    public bool IsOld => Story.Expires - time.GetUtcNow() < Retention * 0.75;

    private TimeSpan Retention => options.Value.Retention;

    private StoryEntry Entry => new(Story.Owner, Story.Created, id);

    /// <summary>The story for the wire, as protobuf.</summary>
    /// <param name="opening">A request with opening frames that shall be told, too.</param>
    public byte[] Describe(GenerateStoryRequest? opening = null)
    {
        var story = DurableWire.Story(id, Story, News, Director);
        story.Request.OpeningFrames.Add(opening?.OpeningFrames ?? []);
        return story.ToByteArray();
    }

    /// <summary>Its opening frames.</summary>
    /// <param name="most">Most frames; the last count.</param>
    public async Task<GenerateStoryRequest> OpeningAsync(int most)
    {
        var frames = GenerateStoryRequest.Parser.ParseFrom(await journal.ReadOpeningAsync(id, CancellationToken.None)).OpeningFrames;
        return new() { OpeningFrames = { frames.TakeLast(most) } };
    }

    /// <summary>Begins with the commands that are kept.</summary>
    /// <param name="director">Directs the story.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task DirectAsync(StoryDirector director, CancellationToken cancellationToken)
    {
        Director = director;
        await director.OpenAsync(cancellationToken);
    }

    /// <summary>Begins with what is kept. Frames and scene of a record are of the time when it was written; the journal knows better.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        News.Begin(Story.State, Story.Events, Story.FramesMade, Story.Scene);
        if (!IsFinal && await journal.LastNumberAsync(id, cancellationToken) is > 0 and var last)
        {
            foreach (var item in await journal.ReadFromLastFrameAsync(id, last, cancellationToken))
            {
                News.Happened(item);
            }
        }
    }

    /// <summary>Keeps a new story.</summary>
    public async Task CreateAsync(StoryRecord story, byte[] opening)
    {
        await journal.DeleteAsync(id, CancellationToken.None);
        await journal.BeginAsync(id, opening, Retention, CancellationToken.None);
        record.State = story;
        News = new();
        await WriteAsync();
        await IndexAsync();
    }

    /// <summary>The first clip is begun.</summary>
    public async Task RunAsync()
    {
        Story.State = StoryState.Running;
        Story.Started = time.GetUtcNow();
        News.Enter(StoryState.Running);
        await WriteAsync();
        await IndexAsync();
    }

    /// <summary>The end that is in the journal already; null where there is none.</summary>
    public async Task<StoryStateChanged?> EndInJournalAsync() =>
        await journal.LastNumberAsync(id, CancellationToken.None) is > 0 and var last
            ? (await journal.ReadAsync(id, last, 1, CancellationToken.None)).SingleOrDefault()?.StateChanged
            : null;

    /// <summary>The story ends, as the journal has it if it has it already.</summary>
    public async Task EndAsync(StoryStateChanged end)
    {
        var before = await EndInJournalAsync();
        end = before ?? end;

        // Known here before the last event is there to be read: who has read it and then asks for the story must not hear of an earlier state.
        Story.State = end.State;
        Story.Ended = time.GetUtcNow();
        Story.Started ??= end.State == StoryState.Succeeded ? Story.Ended : null;
        Story.ErrorCode = end.Error?.Code ?? 0;
        Story.ErrorMessage = end.Error?.Message;
        await IndexAsync();
        if (before is null)
        {
            await Pen.OpenAsync(CancellationToken.None);
            News.Happened(await Pen.WriteAsync(number => new() { Number = number, StateChanged = end }, CancellationToken.None));
        }

        await WriteAsync();
        News.Enter(end.State);
    }

    /// <summary>Writes the record; record and events expire at the same moment from now on.</summary>
    public async Task WriteAsync()
    {
        await _writing.WaitAsync();
        try
        {
            Story.Expires = time.GetUtcNow() + Retention;
            Story.Frames = Director?.Timeline.Frames ?? Story.Frames;
            (Story.Events, Story.FramesMade, Story.Scene) = (News.Now.Events, News.FramesMade, News.Scene);
            await record.WriteStateAsync();
            await ExpireAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Has record and events expire when the record says; done again by whoever finds that it may be undone.</summary>
    public Task ExpireAsync() => journal.ExpireAsync(id, Story.Expires, CancellationToken.None);

    /// <summary>Enters the story into the index, or its new state.</summary>
    public Task IndexAsync() => index.PutAsync(Entry, Story.State, Retention, CancellationToken.None);

    /// <summary>Forgets the story.</summary>
    public async Task DeleteAsync()
    {
        var entry = Entry;
        await record.ClearStateAsync();
        record.State = new();
        News.Enter(StoryState.Cancelled);
        await journal.DeleteAsync(id, CancellationToken.None);
        await index.RemoveAsync(entry, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writing.Dispose();
        Pen.Dispose();
        Director?.Dispose();
    }
}
