using System.Runtime.CompilerServices;
using Google.Protobuf;
using Orleans.Persistence.Redis;
using Orleans.Reminders.Redis;
using Orleans.Serialization;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;
using StackExchange.Redis;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// The stories of all orchestrators, as any of them sees them. Where the one that has a story ends while it is asked, it is asked again where the
/// story is woken.
/// </summary>
internal sealed class DurableStories(StorySilo silo, StoryJournal journal, StoryIndex index, TimeProvider time)
{
    private const int EventsAtATime = 16;
    private const int StoriesAtATime = 16;

    // A page is one message, and messages have at most 4 MiB; a story may have a megabyte of prompts.
    private const int PageBytes = 2 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Has a story made.</summary>
    public Task<StoryCreation> CreateAsync(string id, StoryDraft draft, CancellationToken cancellationToken) =>
        AskAsync(id, story => story.CreateAsync(draft), cancellationToken);

    /// <summary>A story; null where there is none of this owner.</summary>
    /// <param name="owner">Whose story it is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="withOpening">True for its opening frames, too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<WireStory?> GetAsync(string owner, string id, bool withOpening, CancellationToken cancellationToken) =>
        Read(await AskAsync(id, story => story.GetAsync(owner, withOpening), cancellationToken));

    /// <summary>Gives a story a command; null where there is none of this owner.</summary>
    /// <param name="owner">Whose story it is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="command">The command, with a name: it may be given more than once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<StorySteering?> SteerAsync(string owner, string id, StoryCommand command, CancellationToken cancellationToken)
    {
        var bytes = command.ToByteArray();
        return AskAsync(id, story => story.SteerAsync(owner, bytes), cancellationToken);
    }

    /// <summary>Stops a story; null where there is none of this owner.</summary>
    public async Task<WireStory?> CancelAsync(string owner, string id, CancellationToken cancellationToken) =>
        Read(await AskAsync(id, story => story.CancelAsync(owner), cancellationToken));

    /// <summary>Forgets a story; false where there is none of this owner.</summary>
    public Task<bool> DeleteAsync(string owner, string id, CancellationToken cancellationToken) =>
        AskAsync(id, story => story.DeleteAsync(owner), cancellationToken);

    /// <summary>A page of the stories of an owner, newest first, or oldest.</summary>
    public async Task<StoryPage> ListAsync(
        string owner, StoryEntry? after, int count, IReadOnlySet<StoryState> states, Order order, CancellationToken cancellationToken)
    {
        _ = await silo.GrainsAsync(cancellationToken);
        List<WireStory> stories = [];
        var bytes = 0;
        var last = after;
        while (true)
        {
            var (entries, next) = await index.ReadAsync(owner, last, Math.Min(StoriesAtATime, count - stories.Count), states, order, cancellationToken);
            var found = await Task.WhenAll(entries.Select(entry => GetAsync(owner, entry.Id, withOpening: false, cancellationToken)));
            for (var i = 0; i < found.Length; i++)
            {
                last = entries[i];
                if (found[i] is not { } story)
                {
                    await index.RemoveAsync(entries[i], cancellationToken);
                }
                else if (states.Count == 0 || states.Contains(story.State))
                {
                    stories.Add(story);
                    bytes += story.CalculateSize();
                    if (bytes > PageBytes)
                    {
                        return new(stories, last);
                    }
                }
            }

            if (next is null || stories.Count == count)
            {
                return new(stories, next);
            }

            last = next;
        }
    }

    /// <summary>The events of a story after one of them, to the last; none where there is no such story of this owner.</summary>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND: there is none, or none any more.</exception>
    public async IAsyncEnumerable<WatchStoryResponse> WatchAsync(
        string owner, string id, ulong after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = (long)after;
        var version = -1L;
        StoryState? told = null;
        byte[]? waiting = null;
        while (true)
        {
            var (events, previous) = (known, version);
            var tidings = await AskAsync(id, story => story.WaitAsync(owner, events, previous), cancellationToken) ?? throw NotFound(id);
            if (told != tidings.State && !tidings.IsFinal)
            {
                told = tidings.State;
                yield return new() { StateChanged = new() { State = tidings.State } };
            }

            while (known < tidings.Events)
            {
                var page = await journal.ReadAsync(id, known + 1, EventsAtATime, cancellationToken);
                foreach (var item in page)
                {
                    yield return item;
                    known = (long)item.Number;
                    if (item.StateChanged is not null)
                    {
                        yield break;
                    }
                }

                if (page.Count == 0)
                {
                    // They were deleted just now, and with them the story.
                    throw NotFound(id);
                }
            }

            if (tidings.IsFinal)
            {
                yield break;
            }

            if (known == events && tidings.Version != version && tidings.Progress is { } progress)
            {
                yield return new() { Progress = SamplingProgress.Parser.ParseFrom(progress) };
            }

            if (tidings.Waiting is { } wait && !wait.AsSpan().SequenceEqual(waiting))
            {
                yield return new() { Waiting = StoryWaiting.Parser.ParseFrom(wait) };
            }

            waiting = tidings.Waiting;

            version = tidings.Version;
        }
    }

    /// <summary>NOT_FOUND: the same words whether it is another's or nobody's.</summary>
    public static Grpc.Core.RpcException NotFound(string id) => RpcErrors.NotFound($"There is no story '{id}'; it may have expired.", "NO_SUCH_STORY");

    private static WireStory? Read(byte[]? story) => story is null ? null : WireStory.Parser.ParseFrom(story);

    /// <summary>True for what passes when a process or Redis is back, or when the story is woken elsewhere.</summary>
    private static bool Passes(Exception failure) =>
        failure is OrleansException or TimeoutException or RedisException or RedisStorageException or RedisRemindersException
            or ObjectDisposedException or UnavailableExceptionFallbackException or JournalConflictException;

    private async Task<T> AskAsync<T>(string id, Func<IStoryGrain, Task<T>> ask, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var wait = FirstWait; ; wait = wait < LongestWait ? wait * 2 : wait)
        {
            var grains = await silo.GrainsAsync(cancellationToken);
            try
            {
                return await ask(grains.GetGrain<IStoryGrain>(id)).WaitAsync(cancellationToken);
            }
            catch (Exception failure) when (Passes(failure) && time.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
            catch (Exception failure) when (Passes(failure))
            {
                throw RpcErrors.Unavailable("The replica that has the story cannot be reached.", RetryAfter);
            }
        }
    }
}
