using Grpc.Core;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>The work on one story in this process: its turn, the models that it was begun with, and making it until it is complete. Runs in the turns of its grain.</summary>
/// <param name="id">The story.</param>
/// <param name="book">What is known of it.</param>
/// <param name="maker">Makes it.</param>
/// <param name="journal">Gets its events.</param>
/// <param name="askForPlace">Waits some seconds for its turn; false when it has not come yet.</param>
/// <param name="retention">How long its events are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told why it waits.</param>
internal sealed class StoryWork(
    string id, StoryBook book, StoryMaker maker, StoryJournal journal, Func<Task<bool>> askForPlace, TimeSpan retention, TimeProvider time, ILogger logger)
{
    private const int Conflicts = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Makes the story to its end, wherever it stands.</summary>
    /// <returns>The end.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<StoryStateChanged> MakeAsync(CancellationToken cancellationToken)
    {
        if (await book.EndInJournalAsync() is { } before)
        {
            return before;
        }

        await TakePlaceAsync(cancellationToken);
        if (book.Story.Models is null)
        {
            try
            {
                book.Story.Models = await maker.FingerprintAsync(cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                return new() { State = StoryState.Failed, Error = maker.Explain(id, failure) };
            }

            await book.WriteAsync();
        }

        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                return await MakeOnceAsync(cancellationToken);
            }
            catch (JournalConflictException) when (conflicts < Conflicts)
            {
                if (await journal.LastNumberAsync(id, cancellationToken) is null)
                {
                    return await LostAsync(cancellationToken);
                }

                // A process that was taken for dead still works on it; it will notice soon.
                await Task.Delay(FirstWait * (conflicts + 1), time, cancellationToken);
            }
        }
    }

    private async Task<StoryStateChanged> LostAsync(CancellationToken cancellationToken)
    {
        await journal.BeginAsync(id, [], retention, cancellationToken);
        return new()
        {
            State = StoryState.Failed,
            Error = new() { Code = (int)StatusCode.DataLoss, Message = "The events of the story are gone; look after the Redis that keeps them." },
        };
    }

    private async Task<StoryStateChanged> MakeOnceAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var assignment = new StoryAssignment(id, GenerateStoryRequest.Parser.ParseFrom(book.Story.Request), book.Story.Seed, book.Story.Models!, book.News, book.Pen, book.Director);

        // Not here but beside this, since a story's other work, such as telling how it is, must not wait for it.
        var making = Task.Run(() => maker.MakeAsync(assignment, stop.Token), stop.Token);
        try
        {
            await Task.WhenAny(making, book.News.Begun);
            if (book.News.Begun.IsCompleted && book.Story.State == StoryState.Queued)
            {
                await book.RunAsync();
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
                if (await askForPlace().WaitAsync(cancellationToken))
                {
                    return;
                }
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                DurableStoryLog.Waiting(logger, id, failure.Message);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }
}
